const ours = /\b(vk[a-z]\d_|vksecret_)[\w-]+/g;
const jwt = /\beyJ[\w-]+\.eyJ[\w-]+(?:\.[\w-]*)?/g;
const urlPassword = /\b(\w{1,20}:\/\/[^\s:/@"]*:)[^\s/@"]+@/g;

/**
 * The second line of defense for logs: events hold no token, code or secret, but a client may send one in a parameter
 * whose value is told, and the message of an error is written by others.
 */
export function conceal(line: string): string {
  return line
    .replaceAll(ours, '$1[concealed]')
    .replaceAll(jwt, '[concealed JWT]')
    .replaceAll(urlPassword, '$1[concealed]@');
}
