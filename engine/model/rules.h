/*
 * rules.h: one version of the rules folder as dense, immutable tables.
 *
 * The folder is plain files (interface.md "The rules folder"). A version is its files' bytes; its digest is
 * SHA-256 over the sorted (name, size, bytes). A missing optional file is an empty table; participants.csv, senders.ini and windows.ini
 * must be there. Unknown files are errors, and so are unknown columns, keys, codes and overlapping validity: CLR_USAGE with
 * path, line and column in the fault. Every error of a folder is one message; the first is returned.
 *
 * Shape     participants, cards, fees, senders: arrays in file order; index = row. Look-ups are hash or prefix tables.
 * Dates     valid_from <= day <= valid_to, both inclusive; empty = open: CLR_DAY_NONE as valid_from, INT32_MAX as valid_to.
 * Codes     parent, settles_via, fee issuers, acquirers and payers are the first row of their code, whatever the day.
 * Owner     struct clr_rules owns everything it hands out, until clr_rules_destroy().
 * Threads   immutable after load; any number of readers.
 */
#ifndef CLR_MODEL_RULES_H
#define CLR_MODEL_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"
#include "base/money.h"
#include "base/status.h"
#include "base/token.h"
#include "model/terms.h"
#include "model/txn.h"

#define CLR_DIGEST_SIZE 32

/** A file of the folder, by value: what the store keeps and what parsing reads. status_list.csv is kept tokenised, see below. */
struct clr_rules_file {
    char name[32];
    uint8_t *data;
    size_t size;
};

struct clr_rules_folder {
    struct clr_rules_file *file;              /* sorted by name */
    size_t count;
    uint8_t digest[CLR_DIGEST_SIZE];          /* over the folder's files as they were read (before tokenising) */
};

/**
 * Read a folder (also status_list.csv.zst). The stop list is parsed and replaced by "status_list.bin": rows of
 * token 16, from s64, to s64, status code u8 padded to 40 bytes, sorted by (token, from): no card number stays.
 * A date stands for its first (valid_from) or last second. Status is one of: stop lost stolen blocked black locked cancelled
 * returned damaged expired fraud debt. Files whose name starts with a dot or README are passed over.
 */
CLR_MUST_USE enum clr_status clr_rules_folder_read(const char *path, struct clr_tokenizer *tokenizer,
                                                   struct clr_rules_folder *out, struct clr_fault *fault);
void clr_rules_folder_free(struct clr_rules_folder *folder);

struct clr_participant {
    const char *code, *name_zh, *name_en, *region, *account, *bank;
    enum clr_role role;
    int product;                              /* enum clr_product, -1 = "*" */
    int parent, settles_via;                  /* participant index, -1 = none */
    clr_day valid_from, valid_to;
    clr_party party;                          /* store-wide id, set by the store when the version is opened (store/parties.h) */
};

struct clr_fee_row {
    uint8_t product;
    int service, kind;                        /* -1 = any */
    int issuer, acquirer;                     /* participant index, -1 = any; all rows of a code match */
    int payer;                                /* participant index, or CLR_FEE_PAYER_ACQUIRER / _ISSUER */
    enum { CLR_FEE_ON_AMOUNT, CLR_FEE_ON_DISCOUNT, CLR_FEE_ON_COUNT } on;
    bool total;                               /* basis total, else txn */
    bool keep_on_refund;
    int64_t rate_ppm;
    clr_fen fixed_fen, min_fen, max_fen;      /* max_fen: INT64_MAX when empty */
    uint32_t issuer_share_ppm, centre_share_ppm;
    clr_day valid_from, valid_to;
};
#define CLR_FEE_PAYER_ACQUIRER (-1)
#define CLR_FEE_PAYER_ISSUER (-2)
#define CLR_FEE_NONE UINT16_MAX               /* at most 65,534 fee rows a version */

enum clr_window_rule { CLR_WINDOW_RECEIPT, CLR_WINDOW_DECLARED };
enum clr_check_mode { CLR_CHECK_REJECT, CLR_CHECK_WARN };

/* A section of senders.ini. Keys: match, format, side, encoding, units, window, counter_offset, tac_unverified, public_key,
 * one key per file reason (name with '-' or '_'), code.<reason> = code in the sender's return files. */
struct clr_sender {
    const char *name;                         /* section name = sender id */
    const char *match;                        /* glob over the base name; "" = none */
    int format;                               /* enum clr_format, -1 = any */
    const char *side;
    bool encoding_gbk, encoding_given;        /* utf-8 | gbk | gb18030 */
    bool units_yuan, units_given;             /* fen | yuan */
    enum clr_window_rule window;
    int counter_offset;                       /* added to the counter as read: −1, 0 or 1 */
    bool tac_unverified_waits;                /* tac_unverified = wait | accept */
    enum clr_check_mode check[CLR_FILE_REASON_COUNT];
    const char *public_key;                   /* hex, "" = none */
};

/* A section [product] of windows.ini and its sub-sections [product.reason]. */
struct clr_product_rules {
    bool present;
    int cut_off_s;                            /* seconds after midnight of the business date; 86400 = 24:00 */
    int late_days;                            /* too-late limit */
    int retention_days;                       /* ≥ late_days + 2 */
    int settle_days;                          /* n-th banking day after the business date */
    int future_s;                             /* how far a trade may lie after the stamp (600) */
    int twin_s;                               /* gray twin distance (600) */
    clr_fen amount_max_fen;                   /* INT64_MAX = none */
    int deadline_days[CLR_REASON_COUNT];      /* of pending reasons; -1 = none */
    bool accept_at_deadline[CLR_REASON_COUNT];
    const char *netting;                      /* "full" "gross-by-kind" "fee-gross" */
    int own_province;                         /* toll: 10..99; -1 = not given (model/rules_split.h) */
};

struct clr_rules {
    uint8_t digest[CLR_DIGEST_SIZE];
    uint32_t version;                         /* store's number of this version, 1.. (0 outside a store) */
    struct clr_participant *participant;  size_t participant_count;
    struct clr_fee_row *fee;              size_t fee_count;
    struct clr_sender *sender;            size_t sender_count;
    struct clr_product_rules product[CLR_PRODUCT_COUNT];
    void *index;                              /* private look-up tables */
};

/** Parse a folder read before. `tokenizer` is not needed: the stop list is already tokens. */
CLR_MUST_USE enum clr_status clr_rules_parse(const struct clr_rules_folder *folder, struct clr_rules **out, struct clr_fault *fault);
void clr_rules_destroy(struct clr_rules *rules);

/** Index of a participant row by code valid on `day` (CLR_DAY_NONE: any, the last row), -1 if none. */
int clr_rules_participant(const struct clr_rules *rules, struct clr_bytes code, clr_day day);

/** Participant behind an alias `format.field:value`: exact before prefix, longest prefix first; role ISSUER (issuers) or ACQUIRER
 *  (acquirers, owners, agencies); valid on `day`; serving `product`. -1 if none. */
int clr_rules_alias(const struct clr_rules *rules, enum clr_role role, enum clr_product product, enum clr_format format,
                    const char *field, struct clr_bytes value, clr_day day);

/** Issuer by the longest matching prefix of cards.csv (number: as read, blanks trimmed), -1 if none. */
int clr_rules_card_issuer(const struct clr_rules *rules, enum clr_product product, enum clr_format format,
                          struct clr_bytes number, clr_day day);

/** Length of the prefix by which clr_rules_card_issuer() finds it, -1 if none: for explanations. */
int clr_rules_card_prefix(const struct clr_rules *rules, enum clr_product product, enum clr_format format,
                          struct clr_bytes number, clr_day day);

/** True when any row of cards.csv could match this product and format (else the caller may skip the look-up). */
bool clr_rules_has_cards(const struct clr_rules *rules, enum clr_product product, enum clr_format format);

/** Length of the longest prefix of a format: no more of a number decides its issuer, but for its length. */
size_t clr_rules_card_prefix_max(const struct clr_rules *rules, enum clr_product product, enum clr_format format);

/** Is the card on the stop list at that time? */
bool clr_rules_card_stopped(const struct clr_rules *rules, const struct clr_token *card, int64_t time_s);

/** Which of many cards need asking at all: `listed[i]` is false only when the card is on no list. @return is any of them true */
bool clr_rules_cards_listed(const struct clr_rules *rules, const struct clr_token *cards, size_t count, bool *listed);

/** Most specific fee row (acquirer, then issuer, then service, then kind) for a trade date; CLR_FEE_NONE if none.
 *  issuer and acquirer are participant indexes. */
uint16_t clr_rules_fee(const struct clr_rules *rules, enum clr_product product, enum clr_service service, enum clr_kind kind,
                       int issuer, int acquirer, clr_day day);

/** Member through which a participant settles on `day` (itself if none). Follows the chain; cycles are a load error. */
int clr_rules_member(const struct clr_rules *rules, int participant, clr_day day);

/** Index of the product's centre on `day`, -1 if none. */
int clr_rules_centre(const struct clr_rules *rules, enum clr_product product, clr_day day);

/** Sender by name, -1 if none; by the most specific glob (longest literal part; file order breaks ties), -1 if none. */
int clr_rules_sender(const struct clr_rules *rules, struct clr_bytes name);
int clr_rules_sender_match(const struct clr_rules *rules, const char *base_name, int format);

/** The sender's own code of a record reason in its return files (code.<reason> in senders.ini), "" if none. `sender`: an index. */
const char *clr_rules_sender_code(const struct clr_rules *rules, int sender, enum clr_reason reason);

/** Is the day a banking day (calendar.csv, else Monday to Friday)? */
bool clr_rules_bank_day(const struct clr_rules *rules, clr_day day);

/** Settlement date of a business date: its n-th (settle_days) banking day after it. */
clr_day clr_rules_settlement_day(const struct clr_rules *rules, enum clr_product product, clr_day business_day);

/** First business date whose cut-off is after the stamp. */
clr_day clr_rules_receipt_window(const struct clr_rules *rules, enum clr_product product, int64_t stamp_s);

#endif
