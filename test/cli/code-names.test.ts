import { expect, it } from "vitest";
import { codeNames } from "../../src/cli/code-names.ts";

it.each(
  [
    "PATH Path LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT DYLD_INSERT_LIBRARIES NODE_OPTIONS BASH_ENV PYTHONSTARTUP PYTHONPATH",
    "PERL5OPT RUBYOPT JAVA_TOOL_OPTIONS GIT_SSH_COMMAND GIT_CONFIG_COUNT GIT_CONFIG BASH_FUNC_ls%% npm_config_script_shell",
    "DOTNET_STARTUP_HOOKS LUA_INIT_5_4 EDITOR PROMPT_COMMAND OPENSSL_CONF",
  ].flatMap((line) => line.split(" ")),
)("%s says what code a command runs", (name) => {
  expect(
    codeNames([
      ["A", "1"],
      [name, "x"],
    ]),
  ).toEqual([name]);
});

it.each(
  "DATABASE_URL PATHS MY_PATH LDAP_URL NODE_ENV ENVIRONMENT GIT_TOKEN NPM_TOKEN PYTHON HTTPS_PROXY".split(
    " ",
  ),
)("%s does not", (name) => {
  expect(codeNames([[name, "/x"]])).toEqual([]);
});

it.each([
  ["/home/me/.shrc", ["ENV"]],
  ["$HOME/.shrc", ["ENV"]],
  ["production", []],
])("ENV=%s: %j", (value, names) => {
  expect(codeNames([["ENV", value]])).toEqual(names);
});

it("names each once, in the order of the file", () => {
  const values = [
    ["PATH", "a"],
    ["A", "b"],
    ["LD_PRELOAD", "c"],
    ["PATH", "d"],
  ] as const;
  expect(codeNames(values)).toEqual(["PATH", "LD_PRELOAD"]);
});
