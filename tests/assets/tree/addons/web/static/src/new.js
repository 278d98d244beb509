export const now = true;
