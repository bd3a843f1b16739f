import { restoreProcessClock } from '../clock.ts'
import { noticeSecondAttempts } from './second-attempt.ts'

// The files of a worker share one process. A file that failed before it restored the clock must not move it for the next.
restoreProcessClock()
noticeSecondAttempts()
