#!/usr/bin/env bash
# Includes go down only: src/LAYERS says who may know whom. Every public header stands on a rung, and
# every third-party library is known to one module of src/port, or to one group of them.
set -eu
cd "$(dirname "$0")/../.."

findings=$(
    grep -n '^[[:space:]]*#[[:space:]]*include' include/digest/*.h src/*/*.[ch] |
        awk '
        function fail(text) { print text }

        # The module a file belongs to: the longest name on the rungs of its folder that the file name
        # begins with, else the highest rung of the folder, which is the folder as a whole.
        function module_of(path, folder, base, best, m) {
            base = path
            sub(/.*\//, "", base)
            sub(/\.[ch]$/, "", base)
            if (path ~ /^include\/digest\//)
                return base
            folder = path
            sub(/^src\//, "", folder)
            sub(/\/.*/, "", folder)
            best = ""
            for (m in rung)
                if (folder_of[m] == folder && (base == m || index(base, m "_") == 1) && length(m) > length(best))
                    best = m
            return best != "" ? best : top_of[folder]
        }

        # Which library a system header comes from; "" for the C library.
        function library_of(header, stem) {
            stem = header
            sub(/\/.*/, "", stem)
            sub(/\.h$/, "", stem)
            if (stem in libc)
                return ""
            if (stem ~ /^uni(str|norm|case|ctype|width|lbrk|gbrk|wbrk|types|conv|stdio|name)$/)
                return "unistring"
            return stem
        }

        BEGIN {
            # One library that is several ports by its nature: libxml2, libetpan.
            group_of["html"] = "xml"
            group_of["lmtp"] = group_of["imap"] = "smtp"

            names = "arpa assert byteswap ctype dirent dlfcn endian errno fcntl features fenv float fnmatch"
            names = names " ftw getopt glob grp iconv ifaddrs inttypes langinfo libgen limits linux locale malloc math"
            names = names " net netdb netinet paths poll pthread pty pwd regex sched search semaphore setjmp"
            names = names " signal spawn stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib"
            names = names " stdnoreturn string strings sys sysexits syslog termios threads time uchar unistd"
            names = names " utime utmp wchar wctype wordexp"
            count = split(names, list, " ")
            for (i = 1; i <= count; i++)
                libc[list[i]] = 1

            while ((getline line < "src/LAYERS") > 0) {
                sub(/#.*/, "", line)
                count = split(line, field, " ")
                if (count == 0)
                    continue
                rungs++
                top_of[field[2]] = field[3]
                for (i = 3; i <= count; i++) {
                    rung[field[i]] = rungs
                    layer[field[i]] = field[1]
                    folder_of[field[i]] = field[2]
                }
            }
        }

        {
            split($0, part, ":")
            path = part[1]
            place = part[1] ":" part[2] ": "
            module = module_of(path)
            header = $0
            sub(/.*include[[:space:]]*[<"]/, "", header)
            sub(/[>"].*/, "", header)

            if (!(module in rung)) {
                if (!(path in reported))
                    fail(path ": stands on no rung of src/LAYERS")
                reported[path] = 1
                next
            }
            if ($0 ~ /include[[:space:]]*</) {
                library = library_of(header)
                if (library == "")
                    next
                if (path !~ /^src\/port\//)
                    fail(place "<" header "> is for src/port alone")
                else {
                    group = (module in group_of) ? group_of[module] : module
                    if ((library in owner) && owner[library] != group)
                        fail(place "<" header "> is known to " owner[library] " already")
                    owner[library] = group
                }
                next
            }
            if (header ~ /\.def$/)
                next
            if (header ~ /^digest\//) {
                target = header
                sub(/^digest\//, "", target)
                sub(/\.h$/, "", target)
            } else {
                if (header ~ /\//) {
                    fail(place "\"" header "\" is a private header of another folder")
                    next
                }
                folder = path
                sub(/[^\/]*$/, "", folder)
                target = module_of(folder header)
            }
            if (target == module)
                next
            if (!(target in rung))
                fail(place header " stands on no rung of src/LAYERS")
            else if (rung[target] >= rung[module])
                fail(place module " may not include " header ", which is not below it")
            else if (layer[module] == 4 && layer[target] == 4 && folder_of[module] != folder_of[target])
                fail(place module " and " target " are stages and may not know one another")
        }'
    for header in include/digest/*.h; do
        module=$(basename "$header" .h)
        awk -v module="$module" '{ sub(/#.*/, "") } { for (i = 3; i <= NF; i++) if ($i == module) found = 1 } END { exit !found }' src/LAYERS ||
            echo "$header: stands on no rung of src/LAYERS"
    done
)
[ -z "$findings" ] || { printf '%s\n' "$findings" | sort -u; exit 1; }
