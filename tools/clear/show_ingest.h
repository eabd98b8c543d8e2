/*
 * show_ingest.h: the result of `ingest` for programs and for people.
 */
#ifndef CLEAR_SHOW_INGEST_H
#define CLEAR_SHOW_INGEST_H

#include "cli.h"

/** The whole object of the contract, on stdout. */
void ingest_json(struct cli *cli, const struct clr_ingest_result *result, enum clr_status status);

/** Files with verdict counts and amounts, reasons under each (a table of their own in a pipe), totals. */
void ingest_tables(struct cli *cli, const struct clr_ingest_result *result);

/** The message of every refused file on stderr; warnings, unless --quiet. */
void ingest_say_refusals(struct cli *cli, const struct clr_ingest_result *result);

#endif
