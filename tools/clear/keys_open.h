/*
 * keys_open.h: what opens sealed TAC keys, from the command line: a key file, a passphrase in a file, on a descriptor, or typed without echo.
 *
 * A passphrase is never a word of the command line: others on the machine read those.
 * Threads   one.
 */
#ifndef CLEAR_KEYS_OPEN_H
#define CLEAR_KEYS_OPEN_H

#include "cli.h"
#include "keys/file.h"

/** Which options say where a secret is; OPTION_END where there is none of that kind. */
struct keys_options {
    enum option_id key_file, passphrase_file, passphrase_fd;
};
extern const struct keys_options keys_present, keys_future;      /* --keys-key …; --new-keys-key … */

bool keys_secret_given(const struct cli *cli, const struct keys_options *options);

/**
 * The secret that the options name; without any, a passphrase is asked for on the terminal.
 *
 * @param twice  asked twice, since it seals something new.
 * @param out    clr_secret_destroy(); NULL unless CLR_OK.
 * @return CLR_OK | CLR_USAGE (two of them) | CLR_KEY (cannot be read, no terminal) | CLR_STOPPED
 */
CLR_MUST_USE enum clr_status keys_secret(struct cli *cli, const struct keys_options *options, bool twice, struct clr_secret **out);

/** A line typed on the terminal; `echo` false: unseen. CLR_KEY when there is no terminal. The bytes go into `out`, without the line end. */
CLR_MUST_USE enum clr_status keys_ask(struct cli *cli, const char *en, const char *zh, bool echo, struct clr_secret *out);

/** Is there a terminal to ask on? */
bool keys_can_ask(void);

/**
 * The keys of a working command, after cli_open: of --keys, else those loaded with the rules. Without a secret for the rules' keys TACs stay
 * unverified, and a remark says so.
 */
CLR_MUST_USE enum clr_status cli_use_keys(struct cli *cli);

#endif
