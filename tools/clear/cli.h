/*
 * cli.h: what every command has in hand: its arguments, the store, the way to speak and to fail.
 *
 * A command does its work, shows its result on stdout and returns an exit code:
 *
 *     enum clr_status status = cli_open(cli, true);
 *     if (status == CLR_OK) status = clr_digest(cli->store, …, &cli->fault);
 *     if (status != CLR_OK) return cli_fail(cli, status);
 *
 * stdout is data, stderr is messages. With --json there is exactly one object on stdout, also for a failure.
 * Owner     main() closes the store and frees the arguments.
 * Threads   one.
 */
#ifndef CLEAR_CLI_H
#define CLEAR_CLI_H

#include <signal.h>
#include <stdbool.h>

#include "base/status.h"
#include "clr.h"
#include "command.h"
#include "json.h"
#include "option.h"
#include "progress.h"
#include "row.h"
#include "table.h"

struct cli {
    const struct command *command;
    const char *name;                    /* the command word, for results; "clear" before there is one */
    const char *program;                 /* "clear", or "clearing" where it is installed */
    struct arguments arguments;
    int argc;
    char **argv;                         /* the words after the command, as typed */
    bool json, quiet, dry_run, terminal, color;
    unsigned sections;                   /* tables printed so far: blank lines stand between them */
    struct clr_store *store;
    struct clr_keyset *keys;             /* opened for this command; NULL none */
    struct clr_fault fault;
    struct progress progress;
    uint64_t started_ns;
};

/** Signal that asked us to stop, 0 when none did. */
extern volatile sig_atomic_t cli_signal;

/* ---- options ---- */

bool cli_given(const struct cli *cli, enum option_id id);
const char *cli_text(const struct cli *cli, enum option_id id, const char *otherwise);
uint64_t cli_number(const struct cli *cli, enum option_id id, uint64_t otherwise);
clr_day cli_day(const struct cli *cli, enum option_id id);                  /* CLR_DAY_NONE when not given */

/** --received-at: CLR_TIME_NONE when not given; `now` reads the clock, once a run. */
int64_t cli_received_at(const struct cli *cli);

/** --product as a number, or CLR_ALL_PRODUCTS. */
int cli_product(const struct cli *cli);

/** CLR_USAGE naming the option when it is missing. */
CLR_MUST_USE enum clr_status cli_require(struct cli *cli, enum option_id id);

/* ---- the store ---- */

/** By --store, else CLEAR_STORE, else ./clear-store. */
const char *cli_store_path(const struct cli *cli);
void cli_store_options(const struct cli *cli, bool read_only, struct clr_store_options *out);
CLR_MUST_USE enum clr_status cli_open(struct cli *cli, bool read_only);

/**
 * Write the audit log after a writing command (not for dry runs, nor without a store).
 *
 * @param status  what the command came to; it is part of the entry.
 * @return `status`, or why the log could not be written when the command itself went well.
 */
CLR_MUST_USE enum clr_status cli_audit(struct cli *cli, enum clr_status status);

/* TAC keys of a command: keys_open.h. */

/* ---- results ---- */

/** Exit code of a status; a stop by a signal is 128 + its number. */
int cli_exit_code(enum clr_status status);

/** Message of cli->fault on stderr; with --json also the whole result object on stdout. @return the exit code. */
int cli_fail(struct cli *cli, enum clr_status status);

/** Only the message on stderr: for commands that write their own object. */
void cli_say_fault(const struct cli *cli, const struct clr_fault *fault, enum clr_status status);

/** {"schema":1,"type":"result","command":…,"status":… — the object stays open. `status` decides ok, refused or failed. */
void cli_json_start(const struct cli *cli, struct json *json, enum clr_status status);
/** The same without the status, for results that are written while they are found: cli_json_finish() writes it then. */
void cli_json_begin(const struct cli *cli, struct json *json);

/** For a failure "exit" and "error" (schema of the contract); then the object is closed. */
void cli_json_end(const struct cli *cli, struct json *json, enum clr_status status);
void cli_json_finish(const struct cli *cli, struct json *json, enum clr_status status);

/** "error":{…} of a fault; key NULL in an array. */
void cli_json_fault(struct json *json, const char *key, const struct clr_fault *fault, enum clr_status status);

/** A remark on stderr, unless --quiet. printf formats with the same arguments. */
void cli_note(const struct cli *cli, const char *en, const char *zh, ...);

/** "dry run: nothing was kept", when it is one. */
void cli_note_dry_run(const struct cli *cli);

/** Microseconds since the program began, and peak memory in bytes: outside "same bytes". */
uint64_t cli_elapsed_us(const struct cli *cli);
uint64_t cli_peak_memory(void);

void cli_progress_start(struct cli *cli);

/* ---- lists ---- */

/** Rows as a JSON array under `key` when `json` is not NULL, else as a table under `title`. */
struct listing {
    struct json *json;
    struct table table;
};

/** @param sample  a row of the same fields (its values do not matter): it names the columns. */
void listing_open(struct listing *listing, struct cli *cli, struct json *json, const char *key, const char *title, const struct row *sample);
void listing_add(struct listing *listing, const struct row *row);
void listing_close(struct listing *listing);

/** Close a list that failed before its first row: a table then shows nothing, not even its head. */
void listing_cancel(struct listing *listing);

/** Start a table of one's own, with its title; a blank line stands between tables. */
void cli_table_start(struct cli *cli, struct table *table, const char *title);

#endif
