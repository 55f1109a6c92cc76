/** The one place where the engines' versions stand. A new version gets a new folder in the cache. */
export const VERSIONS = {
  ministack: '1.5.33',
  kafka: '4.4.0',
  slf4j: '1.7.36',
  secantusdb: '0.7.0b3',
  apicurio: '3.3.3',
  stripeMock: '0.203.0',
  schemathesis: '4.32.5',
} as const;
