/** The rules of a password, as `server/src/auth/password.rs` has them. The server decides; this tells beforehand. */

/** The server's default of `password_min_length`; a site may ask for more, and then says so. */
export const LEAST_LENGTH = 12;
const MOST_LENGTH = 256;

export const RULES = ['length', 'own_name', 'repeated'] as const;
export type Rule = (typeof RULES)[number];

/** Whether each rule is kept. An empty password keeps none. */
export function rulesKept(password: string, user: string): Record<Rule, boolean> {
  const letters = [...password.toLowerCase()];
  const length = [...password].length;
  const named = [...user].length >= 4 && password.toLowerCase().includes(user.toLowerCase());
  return {
    length: length >= LEAST_LENGTH && length <= MOST_LENGTH,
    own_name: length > 0 && !named,
    repeated: length > 0 && letters.some((letter) => letter !== letters[0]),
  };
}

/** Letters and digits that nobody mistakes for each other when they are read out. */
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Twenty random letters: 98 bits. */
export function randomPassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(64));
  // Bytes beyond the last whole round of the alphabet would make its first letters likelier.
  const fair = [...bytes].filter((byte) => byte < 256 - (256 % READABLE.length));
  return fair
    .slice(0, 20)
    .map((byte) => READABLE[byte % READABLE.length])
    .join('');
}
