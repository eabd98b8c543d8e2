/*
 * command.h: the one table of commands: what runs, what it takes, what its help says.
 *
 * Help, suggestions, completions and man pages are made from it; a command that is not in the table does not exist.
 */
#ifndef CLEAR_COMMAND_H
#define CLEAR_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "option.h"

struct cli;

/** A line to paste; both languages say what it does. */
struct command_example { const char *line, *en, *zh; };

/** What completion offers for an operand. */
enum command_operand { OPERAND_NONE, OPERAND_FILES, OPERAND_DIRECTORY, OPERAND_WORDS };

struct command {
    const char *name;
    int (*run)(struct cli *cli);             /* exit code */
    const char *en, *zh;                     /* one line */
    const char *usage;                       /* after the command's name; lines joined by '\n' */
    struct command_example example[3];       /* at least two; the third may be empty */
    const unsigned char *options;            /* ids of its own, ended by OPTION_END; the common ones are added */
    size_t operand_min, operand_max;
    const char *operand_name;                /* "FILE", for the message when one is missing */
    enum command_operand operand;
    const char *words;                       /* OPERAND_WORDS: "load|show|diff" */
    const char *notes_en, *notes_zh;         /* a paragraph, or NULL */
    bool reasons;                            /* its help lists the reasons */
};

extern const struct command commands[];
extern const size_t command_count;

/** Options every command takes, ended by OPTION_END. */
extern const unsigned char command_common_options[];

/** NULL when there is none of that name. */
const struct command *command_find(const char *name);

/** Say that there is no such command, with the nearest one. @return CLR_USAGE */
enum clr_status command_unknown(const char *typed, struct clr_fault *fault);

/** Own and common options in one list ended by OPTION_END; `out` holds OPTION_ID_COUNT + 1 bytes. */
void command_options(const struct command *command, unsigned char *out);

/** Overview of all commands; short: without options and exit codes. */
void help_overview(FILE *out, const char *program, bool brief);
void help_command(FILE *out, const char *program, const struct command *command);

/** Completion scripts for the programs `clearing` and `clear`. */
void completion_bash(FILE *out);
void completion_zsh(FILE *out);

#endif
