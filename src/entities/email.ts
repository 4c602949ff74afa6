/** The longest address that mail servers take (RFC 5321). */
export const EMAIL_MAX = 254;

const WORD = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';

/** The addresses that are accepted, as JSON Schema can say it: dot-atoms at a host with a dot (RFC 5321). */
export const EMAIL_PATTERN = `^(?=.{1,${EMAIL_MAX}}$)(?=[^@]{1,64}@)${WORD}(\\.${WORD})*@(?=.{1,253}$)(${LABEL}\\.)+${LABEL}$`;

const EMAIL = new RegExp(EMAIL_PATTERN, 'u');

export const isEmail = (text: string): boolean => EMAIL.test(text);
