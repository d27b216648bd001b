/** SOPS' own, on every platform: what an administrator has set up there holds for both. */
export const AUDIT_CONFIG = "/etc/sops/audit.yaml";

/** The variable that names one more config. That adds to the one of the machine and can take nothing from it. */
export const MORE_CONFIG = "SOPS_TS_AUDIT_CONFIG";
