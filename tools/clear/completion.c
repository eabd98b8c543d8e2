/* completion.c: completion for bash and zsh, made from the table of commands. */
#include <stdio.h>
#include <string.h>

#include "command.h"

static const char *const programs = "clearing clear";

/** "a|b|c" with `between` for the bars. */
static void print_choices(FILE *out, const char *choices, char between)
{
    for (; *choices != '\0'; choices++) putc(*choices == '|' ? between : *choices, out);
}

static bool is_hidden(enum option_id id)
{
    return *option_spec(id)->en == '\0';
}

static void bash_options(FILE *out, const struct command *command)
{
    unsigned char ids[OPTION_ID_COUNT + 1];

    command_options(command, ids);
    for (const unsigned char *id = ids; *id != OPTION_END; id++)
        if (!is_hidden(*id)) fprintf(out, " --%s", option_spec(*id)->name);
}

/** What may follow an option that takes a value: one case a command and option. */
static void bash_values(FILE *out, const struct command *command)
{
    unsigned char ids[OPTION_ID_COUNT + 1];

    command_options(command, ids);
    for (const unsigned char *id = ids; *id != OPTION_END; id++) {
        const struct option_spec *spec = option_spec(*id);
        if (is_hidden(*id) || !option_takes_value(*id)) continue;
        fprintf(out, "        %s:--%s) ", command->name, spec->name);
        if (spec->choices != NULL) {
            fputs("COMPREPLY=($(compgen -W '", out);
            print_choices(out, spec->choices, ' ');
            fputs("' -- \"$word\")) ;;\n", out);
        } else if (spec->type == OPTION_DIRECTORY) {
            fputs("COMPREPLY=($(compgen -d -- \"$word\")) ;;\n", out);
        } else if (spec->type == OPTION_FILE) {
            fputs("COMPREPLY=($(compgen -f -- \"$word\")) ;;\n", out);
        } else {
            fputs("COMPREPLY=() ;;\n", out);
        }
    }
}

static void bash_operands(FILE *out, const struct command *command)
{
    if (strcmp(command->name, "help") == 0) {
        fputs("        help) COMPREPLY=($(compgen -W \"$commands\" -- \"$word\")) ;;\n", out);
    } else if (command->operand == OPERAND_FILES) {
        fprintf(out, "        %s) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n", command->name);
    } else if (command->operand == OPERAND_DIRECTORY) {
        fprintf(out, "        %s) COMPREPLY=($(compgen -d -- \"$word\")) ;;\n", command->name);
    } else if (command->operand == OPERAND_WORDS) {
        fprintf(out, "        %s) COMPREPLY=($(compgen -W '", command->name);
        print_choices(out, command->words, ' ');
        fputs("' -- \"$word\") $(compgen -d -- \"$word\")) ;;\n", out);
    }
}

void completion_bash(FILE *out)
{
    fputs("# bash completion, made by `completion bash`; source it.\n_clearing()\n{\n", out);
    fputs("    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n    local commands='", out);
    for (size_t i = 0; i < command_count; i++) fprintf(out, "%s%s", i == 0 ? "" : " ", commands[i].name);
    fputs("'\n    COMPREPLY=()\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n", out);
    fputs("        COMPREPLY=($(compgen -W \"$commands --help --version\" -- \"$word\"))\n        return\n    fi\n", out);
    fputs("    case $command:$before in\n", out);
    for (size_t i = 0; i < command_count; i++) bash_values(out, &commands[i]);
    fputs("        *)\n            case $word in\n            -*)\n                case $command in\n", out);
    for (size_t i = 0; i < command_count; i++) {
        fprintf(out, "                %s) COMPREPLY=($(compgen -W '", commands[i].name);
        bash_options(out, &commands[i]);
        fputs("' -- \"$word\")) ;;\n", out);
    }
    fputs("                esac ;;\n            *) _clearing_operand ;;\n            esac ;;\n    esac\n}\n", out);
    fputs("_clearing_operand()\n{\n    case $command in\n", out);
    for (size_t i = 0; i < command_count; i++) bash_operands(out, &commands[i]);
    fprintf(out, "    esac\n}\ncomplete -o filenames -F _clearing %s\n", programs);
}

/** zsh reads '[' ']' ':' and quotes in a description as its own. */
static void zsh_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') fputs("'\\''", out);
        else if (strchr("[]:\\", *text) != NULL) fprintf(out, "\\%c", *text);
        else putc(*text, out);
    }
}

static void zsh_option(FILE *out, enum option_id id)
{
    const struct option_spec *spec = option_spec(id);

    if (is_hidden(id)) return;
    fprintf(out, "                '--%s", spec->name);
    if (option_takes_value(id)) putc('=', out);
    putc('[', out);
    zsh_text(out, spec->en);
    putc(']', out);
    if (option_takes_value(id)) {
        putc(':', out);
        zsh_text(out, spec->value);
        putc(':', out);
        if (spec->choices != NULL) {
            putc('(', out);
            print_choices(out, spec->choices, ' ');
            putc(')', out);
        } else if (spec->type == OPTION_DIRECTORY) {
            fputs("_directories", out);
        } else if (spec->type == OPTION_FILE) {
            fputs("_files", out);
        }
    }
    fputs("' \\\n", out);
}

static void zsh_command(FILE *out, const struct command *command)
{
    unsigned char ids[OPTION_ID_COUNT + 1];

    command_options(command, ids);
    fprintf(out, "        %s)\n            _arguments \\\n", command->name);
    for (const unsigned char *id = ids; *id != OPTION_END; id++) zsh_option(out, *id);
    if (strcmp(command->name, "help") == 0) {
        fputs("                '1:command:_clearing_commands' ;;\n", out);
    } else if (command->operand == OPERAND_FILES) {
        fputs("                '*:file:_files' ;;\n", out);
    } else if (command->operand == OPERAND_DIRECTORY) {
        fputs("                '1:directory:_directories' ;;\n", out);
    } else if (command->operand == OPERAND_WORDS) {
        fputs("                '1:word:(", out);
        print_choices(out, command->words, ' ');
        fputs(")' '*:directory:_directories' ;;\n", out);
    } else {
        fputs("                '*:word:' ;;\n", out);
    }
}

void completion_zsh(FILE *out)
{
    fprintf(out, "#compdef %s\n# zsh completion, made by `completion zsh`; put it into a directory of $fpath as _clearing.\n", programs);
    fputs("_clearing_commands()\n{\n    local -a commands\n    commands=(\n", out);
    for (size_t i = 0; i < command_count; i++) {
        fprintf(out, "        '%s:", commands[i].name);
        zsh_text(out, commands[i].en);
        fputs("'\n", out);
    }
    fputs("    )\n    _describe 'command' commands\n}\n_clearing()\n{\n    if (( CURRENT == 2 )); then\n        _clearing_commands\n        return\n    fi\n", out);
    fputs("    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n", out);
    for (size_t i = 0; i < command_count; i++) zsh_command(out, &commands[i]);
    fputs("    esac\n}\n_clearing \"$@\"\n", out);
}
