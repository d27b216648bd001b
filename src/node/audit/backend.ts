import type { AuditAction } from "../../ops/context.ts";

/** That someone opened or sealed a file. Holds nothing of the file. */
export interface AuditEvent {
  readonly action: AuditAction;
  readonly username: string;
  /** An absolute path. */
  readonly file: string;
  readonly time: Date;
}

/** A place where events are kept. */
export interface Backend {
  /** Resolves when the event is kept. Throws AUDIT_FAILED. */
  record(event: AuditEvent): Promise<void>;
}
