export { default as nodeVault } from "node-vault";
