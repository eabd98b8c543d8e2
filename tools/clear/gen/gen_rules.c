/* gen_rules.c: answers about a folder that was read: parties, prefixes, fees, members, senders. */
#include "gen_rules.h"

#include <stdio.h>
#include <string.h>

#define MEMBER_STEPS_MAX 64                   /* settles_via chains are short; the engine refuses cycles */

static bool valid_on(clr_day from, clr_day to, clr_day day)
{
    return from <= day && day <= to;
}

int gen_rules_party(const struct gen_rules *rules, const char *code, clr_day day)
{
    for (size_t i = 0; i < rules->party_count; i++) {
        const struct gen_party *party = &rules->party[i];
        if (strcmp(party->code, code) == 0 && valid_on(party->from, party->to, day)) return (int)i;
    }
    return GEN_NOBODY;
}

/** Next alias of a list `a;b;c` at `*at`, trimmed. @return its length, 0 at the end. */
static size_t next_alias(const char **at, const char **alias)
{
    const char *from = *at;
    size_t size;

    while (*from == ';' || *from == ' ') from++;
    size = strcspn(from, ";");
    *alias = from;
    *at = from + size;
    while (size > 0 && from[size - 1] == ' ') size--;
    return size;
}

/** The value of an alias of this format and field: its start and size; false when it is another. */
static bool alias_value(const char *alias, size_t size, enum clr_format format, const char *field, const char **value, size_t *value_size)
{
    char head[64];
    const int head_size = snprintf(head, sizeof head, "%s.%s:", clr_format_term(format).name, field);

    if (head_size <= 0 || (size_t)head_size >= sizeof head || size <= (size_t)head_size) return false;
    if (memcmp(alias, head, (size_t)head_size) != 0) return false;
    *value = alias + head_size;
    *value_size = size - (size_t)head_size;
    return true;
}

bool gen_rules_answers(const struct gen_party *party, enum clr_format format, const char *field, const char *value)
{
    const char *at = party->aliases, *alias, *text;
    size_t size, text_size;

    while ((size = next_alias(&at, &alias)) > 0) {
        if (!alias_value(alias, size, format, field, &text, &text_size)) continue;
        if (text[text_size - 1] == '*' ? strncmp(text, value, text_size - 1) == 0
                                       : strlen(value) == text_size && memcmp(text, value, text_size) == 0) return true;
    }
    return false;
}

bool gen_rules_alias(const struct gen_party *party, enum clr_format format, const char *field, char *value, size_t size, bool *prefix)
{
    const char *at = party->aliases, *alias, *text;
    size_t alias_size, text_size;

    while ((alias_size = next_alias(&at, &alias)) > 0) {
        if (!alias_value(alias, alias_size, format, field, &text, &text_size)) continue;
        *prefix = text[text_size - 1] == '*';
        if (*prefix) text_size--;
        if (text_size >= size) continue;
        memcpy(value, text, text_size);
        value[text_size] = '\0';
        return true;
    }
    return false;
}

int gen_rules_card_issuer(const struct gen_rules *rules, enum clr_format format, const char *number, clr_day day)
{
    const size_t length = strlen(number);
    const struct gen_card_rule *best = NULL;

    for (size_t i = 0; i < rules->card_count; i++) {
        const struct gen_card_rule *rule = &rules->card[i];
        const size_t prefix = strlen(rule->prefix);
        if (rule->format != -1 && rule->format != (int)format) continue;
        if (rule->length != 0 && rule->length != length) continue;
        if (!valid_on(rule->from, rule->to, day) || strncmp(rule->prefix, number, prefix) != 0) continue;
        if (best == NULL || prefix > strlen(best->prefix)) best = rule;
    }
    return best == NULL ? GEN_NOBODY : gen_rules_party(rules, best->issuer, day);
}

static bool names(const char *wanted, const char *code)
{
    return wanted == NULL || strcmp(wanted, code) == 0;
}

uint16_t gen_rules_fee(const struct gen_rules *rules, int service, int kind, const char *issuer, const char *acquirer, clr_day day)
{
    uint16_t best = GEN_FEE_NONE;
    int best_rank = -1;

    for (size_t i = 0; i < rules->fee_count; i++) {
        const struct gen_fee *fee = &rules->fee[i];
        if (fee->service != -1 && fee->service != service) continue;
        if (fee->kind != -1 && fee->kind != kind) continue;
        if (!names(fee->issuer, issuer) || !names(fee->acquirer, acquirer) || !valid_on(fee->from, fee->to, day)) continue;
        const int rank = (fee->acquirer != NULL) * 8 + (fee->issuer != NULL) * 4 + (fee->service != -1) * 2 + (fee->kind != -1);
        if (rank <= best_rank) continue;
        best_rank = rank;
        best = (uint16_t)i;
    }
    return best;
}

const char *gen_rules_member(const struct gen_rules *rules, const char *code, clr_day day)
{
    for (unsigned step = 0; step < MEMBER_STEPS_MAX; step++) {
        const int row = gen_rules_party(rules, code, day);
        if (row == GEN_NOBODY || rules->party[row].settles_via[0] == '\0') break;
        code = rules->party[row].settles_via;
    }
    return code;
}

/** `*` any bytes, `?` one character of ASCII; nothing else is special. */
static bool glob_fits(const char *glob, size_t size, const char *name)
{
    if (size == 0) return *name == '\0';
    if (*glob == '*') return glob_fits(glob + 1, size - 1, name) || (*name != '\0' && glob_fits(glob, size, name + 1));
    return *name != '\0' && (*glob == '?' || *glob == *name) && glob_fits(glob + 1, size - 1, name + 1);
}

/** Literal characters of the best glob of a list that fits, −1 if none does. */
static int best_literals(const char *globs, const char *name)
{
    int best = -1;

    for (size_t size; *globs != '\0'; globs += size + (globs[size] != '\0')) {
        int literals = 0;
        size = strcspn(globs, " \t;");
        if (size == 0 || !glob_fits(globs, size, name)) continue;
        for (size_t i = 0; i < size; i++) literals += globs[i] != '*' && globs[i] != '?';
        if (literals > best) best = literals;
    }
    return best;
}

int gen_rules_sender(const struct gen_rules *rules, const char *name, enum clr_format format)
{
    int best = -1, best_count = -1;

    for (size_t i = 0; i < rules->sender_count; i++) {
        const struct gen_sender *sender = &rules->sender[i];
        if (sender->format != -1 && sender->format != (int)format) continue;
        const int literals = best_literals(sender->match, name);
        if (literals <= best_count) continue;
        best = (int)i;
        best_count = literals;
    }
    return best;
}
