/** Names the folder in which the workers of a test run ask for the shared PostgreSQL server. */
export const runFolderVariable = 'MUSTER_TEST_RUN'

/** The databases of a run are told by the name of the template they were copied from. */
export function testDatabasePrefix(template: string): string {
  return `${template.replace('muster_template', 'muster_test')}_`
}
