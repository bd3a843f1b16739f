/** Names the folder in which the workers of a test run ask for the shared PostgreSQL server. */
export const runFolderVariable = 'MUSTER_TEST_RUN'

/** The prefix of the databases of a run: the name of the template they were copied from. */
export function testDatabasePrefix(template: string): string {
  return `${template.replace('muster_template', 'muster_test')}_`
}
