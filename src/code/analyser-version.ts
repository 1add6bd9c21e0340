/** Facts are kept by integrity and this number: raise it when the same bytes would give other facts. */
export const analyserVersion = 53;
