/*
 * cmds.h: the commands, one file each (cmd_<name>.c). Each returns the exit code of the contract.
 */
#ifndef CLEAR_CMDS_H
#define CLEAR_CMDS_H

#include "cli.h"

int cmd_init(struct cli *cli);
int cmd_rules(struct cli *cli);
int cmd_ingest(struct cli *cli);
int cmd_resolve(struct cli *cli);
int cmd_settle(struct cli *cli);
int cmd_status(struct cli *cli);
int cmd_positions(struct cli *cli);
int cmd_records(struct cli *cli);
int cmd_why(struct cli *cli);
int cmd_report(struct cli *cli);
int cmd_export(struct cli *cli);
int cmd_verify(struct cli *cli);
int cmd_digest(struct cli *cli);
int cmd_backup(struct cli *cli);
int cmd_maintain(struct cli *cli);
int cmd_keys(struct cli *cli);
int cmd_gen(struct cli *cli);
int cmd_bench(struct cli *cli);
int cmd_completion(struct cli *cli);
int cmd_help(struct cli *cli);

/* ---- shared by several commands ---- */

/** `rules load`, `rules show`, `rules diff` in cmd_rules.c and cmd_rules_diff.c. */
int cmd_rules_diff(struct cli *cli);

/** Filter of --card, --file, --verdict, --reason, --unmask, --limit. CLR_USAGE for an unknown reason. */
CLR_MUST_USE enum clr_status records_filter(struct cli *cli, struct clr_record_filter *out);

/** Filter of --date, --product, --level, --as-of. */
CLR_MUST_USE enum clr_status positions_filter(struct cli *cli, struct clr_positions_filter *out);

/** What merging came to: members of the open JSON object; remarks on stderr at the end of an ingest. */
void maintained_json(struct json *json, const struct clr_maintained *done);
void maintained_note(const struct cli *cli, const struct clr_maintained *done);

/** Figures of a file as members of the open JSON object: records, the five verdicts and, with `details`, kinds, reasons, notes. */
void figures_json(struct json *json, const struct clr_figures *figures, bool details);

#endif
