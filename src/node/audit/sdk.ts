/** All that is used of the PostgreSQL client. Imported only where an audit writes to a database. */
export { Client } from "pg";
