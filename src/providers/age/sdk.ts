/** The one door to age-encryption: imported where a key needs it, and never for an X25519 key. */
export { Decrypter, Encrypter } from "age-encryption";
