# bash completion for kassay(1)

# Names that the program itself lists: checks, benchmarks, formats.
_kassay_names()
{
	"${COMP_WORDS[0]}" list "$1" 2>/dev/null | awk '{ print $1 }'
}

# What may follow -o: FORMAT or FORMAT=FILE.
_kassay_output()
{
	local word=$1
	case $word in
	*=*)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "${word#*=}")
		;;
	*)
		compopt -o nospace
		mapfile -t COMPREPLY < <(compgen -W "$(_kassay_names formats)" -- "$word")
		;;
	esac
}

_kassay()
{
	local cur prev words cword command i
	# "=" splits words; put them together again where bash-completion is there to do it.
	if declare -F _init_completion >/dev/null; then
		_init_completion -n = || return
	else
		cur=${COMP_WORDS[COMP_CWORD]}
		prev=${COMP_WORDS[COMP_CWORD - 1]}
		words=("${COMP_WORDS[@]}")
		cword=$COMP_CWORD
	fi
	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
		audit | snapshot | can | who-can | rightsize | explain | list | role | node)
			command=${words[i]}
			break
			;;
		esac
	done
	if [[ -z $command ]]; then
		mapfile -t COMPREPLY < <(compgen -W "audit snapshot can who-can rightsize explain list role node --help --version" -- "$cur")
		return
	fi

	case $prev in
	-o | --output)
		case $command in
		audit)
			_kassay_output "$cur"
			;;
		snapshot)
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			;;
		rightsize)
			mapfile -t COMPREPLY < <(compgen -W "yaml patch rollback json text" -- "$cur")
			;;
		*)
			mapfile -t COMPREPLY < <(compgen -W "json" -- "$cur")
			;;
		esac
		return
		;;
	-f | --file | --audit-log | --node-facts | --policy | --baseline | --kubeconfig)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--root)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--benchmark)
		mapfile -t COMPREPLY < <(compgen -W "$(_kassay_names benchmarks)" -- "$cur")
		return
		;;
	--check)
		mapfile -t COMPREPLY < <(compgen -W "$(_kassay_names checks)" -- "$cur")
		return
		;;
	--fail-on)
		mapfile -t COMPREPLY < <(compgen -W "info low medium high critical never" -- "$cur")
		return
		;;
	--generalize)
		mapfile -t COMPREPLY < <(compgen -W "informer apply names namespaces" -- "$cur")
		return
		;;
	--wire)
		mapfile -t COMPREPLY < <(compgen -W "protobuf json" -- "$cur")
		return
		;;
	--context)
		mapfile -t COMPREPLY < <(compgen -W "$(kubectl config get-contexts -o name 2>/dev/null)" -- "$cur")
		return
		;;
	--junit-by)
		mapfile -t COMPREPLY < <(compgen -W "check object" -- "$cur")
		return
		;;
	esac

	if [[ $cur = -* ]]; then
		# The program's own help names the options, one at the start of each line.
		mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" "$command" --help 2>/dev/null |
			grep -oE '^ +(-[a-z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+')" -- "$cur")
		return
	fi
	case $command in
	explain)
		mapfile -t COMPREPLY < <(compgen -W "$(_kassay_names checks) $(_kassay_names benchmarks)" -- "$cur")
		;;
	list)
		mapfile -t COMPREPLY < <(compgen -W "checks benchmarks formats" -- "$cur")
		;;
	esac
}
complete -F _kassay kassay
