/** Names the folder in which the workers of a test run ask for the shared PostgreSQL server. */
export const runFolderVariable = 'MUSTER_TEST_RUN'
