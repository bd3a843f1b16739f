/** What the last stage of a Containerfile says about the image. */
export interface ImageSettings {
  user: string
  workingDirectory: string
  env: string[]
  ports: string[]
  volumes: string[]
  stopSignal: string
  entrypoint: string[]
}

/**
 * Reads the last stage, so that an image built without a container engine has the same settings.
 * A health check belongs to Docker and not to the OCI format, so it is left out.
 */
export function lastStage(text: string): ImageSettings {
  const lines = text.split('\n').filter((line) => /^[A-Z]/.test(line))
  const stage = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')) + 1).map((line) => {
    const at = line.indexOf(' ')
    return { instruction: line.slice(0, at), value: line.slice(at + 1).trim() }
  })
  const unknown = stage.find(({ instruction }) => !known.has(instruction))
  if (unknown !== undefined) throw new Error(`The last stage of the Containerfile has ${unknown.instruction}, which npm run image does not know.`)
  const all = (instruction: string): string[] => stage.filter((line) => line.instruction === instruction).map(({ value }) => value)
  const one = (instruction: string): string => {
    const [value, ...more] = all(instruction)
    if (value === undefined || more.length > 0) throw new Error(`The last stage of the Containerfile must have ${instruction} once.`)
    return value
  }
  return {
    user: one('USER'),
    workingDirectory: one('WORKDIR'),
    env: all('ENV'),
    ports: all('EXPOSE'),
    volumes: all('VOLUME'),
    stopSignal: one('STOPSIGNAL'),
    entrypoint: JSON.parse(one('ENTRYPOINT')) as string[],
  }
}

const known = new Set(['COPY', 'USER', 'WORKDIR', 'ENV', 'EXPOSE', 'VOLUME', 'STOPSIGNAL', 'HEALTHCHECK', 'ENTRYPOINT'])
