/**
 * Variables that decide which code a program runs before it does anything of its own: search paths,
 * loaders, start-up files, options of interpreters, programs that others call. Whoever writes a
 * file for exec-env gives orders to the command by these, which nobody expects of a file of values.
 */
const NAMES: ReadonlySet<string> = new Set(
  [
    // which programs are found, and how a shell reads its line
    "PATH PATHEXT COMSPEC SHELL IFS BASH_ENV SHELLOPTS BASHOPTS PROMPT_COMMAND PS4 ZDOTDIR CDPATH FPATH",
    // the loader of the C library, and what it loads by name
    "GCONV_PATH LOCPATH NLSPATH GLIBC_TUNABLES GETCONF_DIR HOSTALIASES RESOLV_HOST_CONF MALLOC_TRACE TERMINFO",
    // interpreters and runtimes
    "NODE_OPTIONS NODE_PATH NODE_REPL_EXTERNAL_MODULE BUN_OPTIONS BUN_INSPECT DENO_DIR TS_NODE_PROJECT",
    "PYTHONSTARTUP PYTHONPATH PYTHONHOME PYTHONINSPECT PYTHONBREAKPOINT PYTHONUSERBASE PYTHONWARNINGS",
    "PERL5OPT PERL5LIB PERLLIB PERL5DB PERL5SHELL RUBYOPT RUBYLIB RUBYSHELL GEM_PATH GEM_HOME BUNDLE_GEMFILE",
    "JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS JAVA_OPTS CLASSPATH MAVEN_OPTS GRADLE_OPTS SBT_OPTS",
    "PHPRC PHP_INI_SCAN_DIR LUA_INIT LUA_PATH LUA_CPATH R_PROFILE R_ENVIRON R_PROFILE_USER R_ENVIRON_USER",
    "DOTNET_STARTUP_HOOKS DOTNET_ADDITIONAL_DEPS CORECLR_PROFILER_PATH COR_PROFILER_PATH ERL_AFLAGS ERL_FLAGS",
    "GOFLAGS GOPROXY RUSTC_WRAPPER RUSTFLAGS CARGO_HOME MAKEFLAGS MAKEFILES GNUMAKEFLAGS CMAKE_TOOLCHAIN_FILE",
    // programs that other programs call
    "EDITOR VISUAL PAGER MANPAGER BROWSER LESSOPEN LESSCLOSE SUDO_ASKPASS SSH_ASKPASS RSYNC_RSH CVS_RSH SVN_SSH",
    "GIT_SSH GIT_SSH_COMMAND GIT_ASKPASS GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_PAGER GIT_EXTERNAL_DIFF GIT_PROXY_COMMAND",
    "GIT_EXEC_PATH GIT_TEMPLATE_DIR GIT_DIR GIT_WORK_TREE SOPS_EDITOR SOPS_GPG_EXEC SOPS_AGE_KEY_CMD",
    // libraries that load others, and configurations of programs
    "OPENSSL_CONF OPENSSL_MODULES OPENSSL_ENGINES CURL_HOME",
  ].flatMap((line) => line.split(" ")),
);

/** Families: of the loaders of Linux and macOS, of bash's functions, of git's and npm's whole configuration. */
const FAMILIES: readonly RegExp[] = [
  /^LD_/,
  /^DYLD_/,
  /^BASH_FUNC_/,
  /^GIT_CONFIG(?:_|$)/,
  /^NPM_CONFIG_/,
  /^LUA_(?:INIT|PATH|CPATH)_/,
];

/** To a shell ENV names a start-up file; to many programs `ENV=production` is a word of their own. */
const NAMES_A_FILE = /[/\\$`~]/;

/**
 * Of the variables that a file sets, the names of those that say what code a command runs. Case does not count: some
 * programs, and Windows, know none.
 */
export function codeNames(values: Iterable<readonly [name: string, value: string]>): readonly string[] {
  return [...new Map(values)].flatMap(([name, value]) => (saysCode(name.toUpperCase(), value) ? [name] : []));
}

function saysCode(name: string, value: string): boolean {
  if (name === "ENV") return NAMES_A_FILE.test(value);
  return NAMES.has(name) || FAMILIES.some((family) => family.test(name));
}
