/**
 * Files that tools read as they are, and that hold no secrets by their nature. A loose rule (`\.(yaml|json)$`) matches
 * them too, and sealed they break the project: of a folder or a glob they are left alone, by their own name they are taken.
 */
const NAMES: readonly RegExp[] = [
  // npm, yarn, pnpm, bun, deno
  /^(?:package|package-lock|npm-shrinkwrap|lerna|nx|turbo|rush|deno|bower)\.jsonc?$/,
  /^pnpm-(?:lock|workspace)\.ya?ml$/,
  /^\.yarnrc\.ya?ml$/,
  // lock files of all languages
  /[.-]lock(?:\.(?:json|ya?ml|hcl))?$/,
  /^(?:packages\.lock|composer|project\.assets)\.json$/,
  // git, containers, build tools
  /^\.(?:git(?:attributes|ignore|modules|keep)|dockerignore|npmignore|editorconfig|nvmrc|tool-versions)$/,
  /^(?:Dockerfile|Containerfile|Makefile|Justfile|Jenkinsfile|Vagrantfile)(?:\..+)?$/,
  // compilers, linters, editors
  /^[jt]sconfig(?:\.[^/]+)?\.json$/,
  /^\.(?:eslintrc|prettierrc|stylelintrc|markdownlint|swcrc|babelrc|commitlintrc|lintstagedrc|yamllint)(?:\.(?:json|ya?ml))?$/,
  /^(?:biome|angular|renovate|typedoc|api-extractor|manifest|launchSettings)\.jsonc?$/,
  // continuous integration, documentation, packaging
  /^\.(?:gitlab-ci|travis|pre-commit-config|pre-commit-hooks|readthedocs|codecov|golangci|goreleaser)\.ya?ml$/,
  /^(?:azure-pipelines|bitbucket-pipelines|appveyor|codecov|mkdocs|cloudbuild|buildspec|action)\.ya?ml$/,
  /^(?:Chart|kustomization|pubspec)\.ya?ml$/,
];

const FOLDERS = /(?:^|[/\\])\.(?:github|circleci|vscode|idea|husky|changeset)[/\\]/;

export function isToolFile(path: string): boolean {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return FOLDERS.test(path) || NAMES.some((pattern) => pattern.test(name));
}
