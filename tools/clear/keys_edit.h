/*
 * keys_edit.h: one key from the command line: what its options say, and its value, random or from components.
 *
 * Components are hexadecimal lines (2 or 3 of them, XORed; 1 is the key itself) in a file of mode 0600, on standard input, or typed unseen.
 * Threads   one.
 */
#ifndef CLEAR_KEYS_EDIT_H
#define CLEAR_KEYS_EDIT_H

#include "keys_open.h"

/** Issuer, version and index. CLR_USAGE where one is missing or out of its range. */
CLR_MUST_USE enum clr_status keys_edit_numbers(struct cli *cli, struct clr_key *key);

/** Everything but the value. CLR_USAGE where an option is missing or out of its range. */
CLR_MUST_USE enum clr_status keys_edit_options(struct cli *cli, struct clr_key *key);

CLR_MUST_USE enum clr_status keys_edit_random(struct clr_key *key);

/** From the second operand, "-" or nothing being standard input, and compared with --kcv. CLR_USAGE when it differs. */
CLR_MUST_USE enum clr_status keys_edit_import(struct cli *cli, struct clr_key *key);

#endif
