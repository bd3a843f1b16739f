// The script that each shell sources. At every Tab it runs `muster complete -- WORDS…`, which prints one candidate a line: the word, a tab, its description.
// A single line `:files` makes the shell complete file names. The scripts evaluate no output, need no package, and can be loaded twice.

const bash = `# bash completion for muster
_muster() {
  local line=\${COMP_LINE:0:COMP_POINT} words current prefix candidate
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=\${words[\${#words[@]}-1]}
  # bash replaces what follows the last of these characters, so the candidates must not repeat what stands before it.
  prefix=\${current%"\${current##*[:=@]}"}
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    if [[ $candidate == :files ]]; then
      while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "$current")
      compopt -o filenames 2>/dev/null
    elif [[ -n $candidate && $candidate == "$current"* ]]; then
      COMPREPLY+=("\${candidate#"$prefix"}")
    fi
  done < <("\${words[0]}" complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _muster muster
`

const zsh = `#compdef muster
_muster() {
  local -a candidates
  local line
  for line in "\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    if [[ $line == :files* ]]; then
      _files
      return
    fi
    candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe muster candidates
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _muster muster
`

const fish = `# fish completion for muster
function __muster_complete
    set -l words (commandline -opc)
    set -l name $words[1]
    set -e words[1]
    for line in ($name complete -- $words (commandline -ct) 2>/dev/null)
        if string match -q ':files*' -- $line
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c muster -e
complete -c muster -f -a '(__muster_complete)'
`

export const completionScripts: Record<string, string> = { bash, zsh, fish }
