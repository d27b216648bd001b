import type { Shell } from "./names.ts";

/** The completion of a shell, to be sourced by it. All knowledge is in enc: the scripts ask it at each Tab. */
export function scriptFor(shell: Shell): string {
  return { bash: BASH, zsh: ZSH, fish: FISH }[shell];
}

/** Runs on the bash 3.2 of macOS too, which has neither mapfile nor compopt. */
const BASH = `# bash completion of enc: source <(enc completion bash)
_enc() {
  local program="\${COMP_WORDS[0]/#\\~/$HOME}" cur="\${COMP_WORDS[COMP_CWORD]}"
  local line special files= quoted="'\\\\''"
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then files=1; continue; fi
    line="\${line%%$'\\t'*}"
    # What the shell would read otherwise is quoted, in the way that the user has begun to.
    case $cur in
      \\'*) line=\${line//"'"/"$quoted"} ;;
      \\"*) for special in '\\' '"' '$' '\`'; do line=\${line//"$special"/\\\\"$special"}; done ;;
      *) printf -v line %q "$line" ;;
    esac
    COMPREPLY+=("$line")
  done < <("$program" __complete "$((COMP_CWORD - 1))" "\${COMP_WORDS[@]:1}" 2>/dev/null)
  # With no candidate of its own bash completes files by itself (-o default).
  if [[ -n $files && \${#COMPREPLY[@]} -gt 0 ]]; then
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur")
    compopt -o filenames 2>/dev/null
  fi
  return 0
}
complete -o bashdefault -o default -F _enc enc
`;

const ZSH = `#compdef enc
# zsh completion of enc: source <(enc completion zsh)
_enc() {
  local -a lines candidates
  local line files=0 found=1
  lines=("\${(@f)$("\${(Q)words[1]/#\\~/$HOME}" __complete $((CURRENT - 2)) "\${(@)words[2,-1]}" 2>/dev/null)}")
  for line in $lines; do
    if [[ $line == :files ]]; then
      files=1
    elif [[ -n $line ]]; then
      candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${\${line#*$'\\t'}#$line}")
    fi
  done
  (( $#candidates )) && _describe -t values enc candidates && found=0
  (( files )) && _files && found=0
  return found
}
if [[ \${funcstack[1]} == _enc ]]; then _enc "$@"; else compdef _enc enc; fi
`;

const FISH = `# fish completion of enc: enc completion fish | source
function __enc_complete
  set -l before (commandline -opc)
  set -l current (commandline -ct)
  for line in (command $before[1] __complete (math (count $before) - 1) $before[2..-1] "$current" 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path "$current"
    else
      echo $line
    end
  end
end
complete -c enc -f -a '(__enc_complete)'
`;
