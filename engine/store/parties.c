#include "store/parties.h"

#include <stdio.h>
#include <sodium.h>
#include <stdlib.h>
#include <xxhash.h>

static bool push(char ***list, uint32_t *count, uint32_t *capacity, const void *data, size_t size)
{
    if (*count == *capacity) {
        const uint32_t larger = *capacity * 2 + 64;
        char **const grown = realloc(*list, larger * sizeof *grown);
        if (grown == NULL) return false;
        *list = grown;
        *capacity = larger;
    }
    char *const text = malloc(size + 1);
    if (text == NULL) return false;
    memcpy(text, data, size);
    text[size] = '\0';
    (*list)[(*count)++] = text;
    return true;
}

/** Slot of a text, or the free slot where it belongs. */
static uint32_t text_slot(const struct clr_parties *parties, struct clr_bytes text)
{
    const uint32_t mask = parties->slot_count - 1;
    uint32_t slot = (uint32_t)XXH3_64bits_withSeed(text.data, text.size, parties->seed) & mask;
    while (parties->slot[slot] != 0 && !clr_bytes_equal(clr_bytes_text(parties->text[parties->slot[slot] - 1]), text)) slot = (slot + 1) & mask;
    return slot;
}

static bool reserve_slots(struct clr_parties *parties)
{
    if (2 * (parties->text_count + 1) <= parties->slot_count) return true;
    const uint32_t count = parties->slot_count == 0 ? 256 : parties->slot_count * 2;
    uint32_t *const slot = calloc(count, sizeof *slot);
    if (slot == NULL) return false;
    free(parties->slot);
    parties->slot = slot;
    parties->slot_count = count;
    for (uint32_t i = 0; i < parties->text_count; i++) parties->slot[text_slot(parties, clr_bytes_text(parties->text[i]))] = i + 1;
    return true;
}

/** Load one list of a table: keys 'i' id32 in order of id. */
static enum clr_status load_list(struct clr_tx *tx, enum clr_table table, char ***list, uint32_t *count, uint32_t *capacity, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;

    CLR_TRY(clr_scan_open(tx, table, "i", 1, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        if (key.size != 5 || clr_get_be32(key.data + 1) != *count + 1) status = CLR_DAMAGED;
        else if (!push(list, count, capacity, value.data, value.size)) status = CLR_FULL;
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

enum clr_status clr_parties_load(struct clr_tx *tx, struct clr_parties *out, struct clr_fault *fault)
{
    memset(out, 0, sizeof *out);
    randombytes_buf(&out->seed, sizeof out->seed);           /* senders choose the texts: they must not choose their slots */
    CLR_TRY(load_list(tx, CLR_TABLE_party, &out->code, &out->code_count, &out->code_capacity, fault));
    CLR_TRY(load_list(tx, CLR_TABLE_code, &out->text, &out->text_count, &out->text_capacity, fault));
    out->text_stored = out->text_count;
    while (2 * (out->text_count + 1) > out->slot_count)
        if (!reserve_slots(out)) return CLR_FULL;
    return CLR_OK;
}

void clr_parties_free(struct clr_parties *parties)
{
    for (uint32_t i = 0; i < parties->code_count; i++) free(parties->code[i]);
    for (uint32_t i = 0; i < parties->text_count; i++) free(parties->text[i]);
    free(parties->code);
    free(parties->text);
    free(parties->slot);
    memset(parties, 0, sizeof *parties);
}

/* ---- participants ---- */

/** Party numbers by code, while a rules version is numbered: at most half full, as rules have a limit on their participants. */
struct by_code {
    const struct clr_parties *parties;
    uint32_t *slot, mask;
};

static uint32_t *code_slot(const struct by_code *by_code, const char *code)
{
    uint32_t at = (uint32_t)XXH3_64bits_withSeed(code, strlen(code), by_code->parties->seed) & by_code->mask;
    while (by_code->slot[at] != 0 && strcmp(by_code->parties->code[by_code->slot[at] - 1], code) != 0) at = (at + 1) & by_code->mask;
    return &by_code->slot[at];
}

static enum clr_status index_codes(const struct clr_parties *parties, size_t more, struct by_code *out)
{
    uint64_t count = 64;
    while (count < 2 * (parties->code_count + (uint64_t)more)) count *= 2;
    if (count > UINT32_MAX / 2) return CLR_FULL;
    *out = (struct by_code){ .parties = parties, .slot = calloc(count, sizeof *out->slot), .mask = (uint32_t)count - 1 };
    if (out->slot == NULL) return CLR_FULL;
    for (uint32_t i = 0; i < parties->code_count; i++) *code_slot(out, parties->code[i]) = i + 1;
    return CLR_OK;
}

static enum clr_status add_code(struct clr_tx *tx, struct clr_parties *parties, const char *code, struct clr_fault *fault)
{
    uint8_t key[5] = { 'i' };
    if (!push(&parties->code, &parties->code_count, &parties->code_capacity, code, strlen(code))) return CLR_FULL;
    clr_put_be32(key + 1, parties->code_count);
    return clr_tx_put(tx, CLR_TABLE_party, key, sizeof key, code, strlen(code), fault);
}

enum clr_status clr_parties_number(struct clr_tx *tx, struct clr_parties *parties, struct clr_rules *rules, struct clr_fault *fault)
{
    struct by_code by_code;
    CLR_TRY(index_codes(parties, rules->participant_count, &by_code));
    enum clr_status status = CLR_OK;
    for (size_t i = 0; i < rules->participant_count && status == CLR_OK; i++) {
        struct clr_participant *const participant = &rules->participant[i];
        uint32_t *const slot = code_slot(&by_code, participant->code);
        if (*slot == 0) {
            status = add_code(tx, parties, participant->code, fault);
            if (status == CLR_OK) *slot = parties->code_count;
        }
        participant->party = *slot;
    }
    free(by_code.slot);
    return status;
}

enum clr_status clr_parties_bind(const struct clr_parties *parties, struct clr_rules *rules)
{
    struct by_code by_code;
    CLR_TRY(index_codes(parties, 0, &by_code));
    enum clr_status status = CLR_OK;
    for (size_t i = 0; i < rules->participant_count && status == CLR_OK; i++) {
        rules->participant[i].party = *code_slot(&by_code, rules->participant[i].code);
        if (rules->participant[i].party == CLR_PARTY_NONE) status = CLR_DAMAGED;
    }
    free(by_code.slot);
    return status;
}

/* ---- unknown codes ---- */

clr_party clr_parties_intern(struct clr_parties *parties, struct clr_bytes text)
{
    if (!reserve_slots(parties)) return CLR_PARTY_NONE;
    const uint32_t slot = text_slot(parties, text);
    if (parties->slot[slot] != 0) return CLR_PARTY_UNKNOWN | parties->slot[slot];
    if (!push(&parties->text, &parties->text_count, &parties->text_capacity, text.data, text.size)) return CLR_PARTY_NONE;
    parties->slot[slot] = parties->text_count;
    return CLR_PARTY_UNKNOWN | parties->text_count;
}

enum clr_status clr_parties_store(struct clr_tx *tx, struct clr_parties *parties, struct clr_fault *fault)
{
    for (; parties->text_stored < parties->text_count; parties->text_stored++) {
        const char *const text = parties->text[parties->text_stored];
        uint8_t key[5] = { 'i' };
        clr_put_be32(key + 1, parties->text_stored + 1);
        CLR_TRY(clr_tx_put(tx, CLR_TABLE_code, key, sizeof key, text, strlen(text), fault));
    }
    return CLR_OK;
}

const char *clr_party_text(const struct clr_parties *parties, clr_party party)
{
    if (party == CLR_PARTY_NONE) return "";
    if (party & CLR_PARTY_UNKNOWN) {
        const uint32_t id = party & ~CLR_PARTY_UNKNOWN;
        return id >= 1 && id <= parties->text_count ? parties->text[id - 1] : "?";
    }
    return party <= parties->code_count ? parties->code[party - 1] : "?";
}

struct clr_bytes clr_party_field(const char *text, const char *field)
{
    const size_t size = strlen(field);
    for (const char *at = strchr(text, '|'); at != NULL; at = strchr(at + 1, '|')) {
        if (strncmp(at + 1, field, size) != 0 || at[1 + size] != '=') continue;
        const char *const value = at + 2 + size, *const end = strchr(value, '|');
        return clr_bytes_of(value, end != NULL ? (size_t)(end - value) : strlen(value));
    }
    return clr_bytes_of("", 0);
}
