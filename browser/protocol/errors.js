/**
 * Every refusal of the protocol, as one class whose `reason` is the name of the reference's
 * class: "BadSignature", "CardExpired" and so on.
 *
 * Invariant: neither reason nor params ever hold a secret, an identifier or a written text.
 */

export class Refused extends Error {
  /**
   * @param {string} reason name of the class in dropbox/errors.py
   * @param {Record<string, number>} [params] fill the placeholders of its sentence
   */
  constructor(reason, params = {}) {
    super(reason);
    this.reason = reason;
    this.params = params;
  }
}

/**
 * Refuse.
 * @param {string} reason
 * @param {Record<string, number>} [params]
 * @returns {never}
 */
export function refuse(reason, params) {
  throw new Refused(reason, params);
}
