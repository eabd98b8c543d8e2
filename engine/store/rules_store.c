/* The rules versions of a store: load, show, look up. A version is its files' bytes under its number; parsed when first asked for. */
#include <stdio.h>
#include <stdlib.h>

#include "store/pack.h"
#include "store/store.h"

static void pack_folder(struct clr_pack *pack, const struct clr_rules_folder *folder)
{
    clr_pack_bytes(pack, folder->digest, CLR_DIGEST_SIZE);
    clr_pack_u32(pack, (uint32_t)folder->count);
    for (size_t i = 0; i < folder->count; i++) {
        clr_pack_text(pack, folder->file[i].name);
        clr_pack_u64(pack, folder->file[i].size);
        clr_pack_bytes(pack, folder->file[i].data, folder->file[i].size);
    }
}

static enum clr_status unpack_file(struct clr_unpack *unpack, struct clr_rules_file *file)
{
    char *const name = clr_unpack_text(unpack);
    const uint64_t size = clr_unpack_u64(unpack);
    const bool fits = name != NULL && !unpack->bad && size <= unpack->size - unpack->at;
    if (fits) snprintf(file->name, sizeof file->name, "%s", name);
    free(name);
    if (!fits) return CLR_DAMAGED;
    file->data = malloc((size_t)size + 1);
    if (file->data == NULL) return CLR_FULL;
    file->size = (size_t)size;
    clr_unpack_bytes(unpack, file->data, file->size);
    return CLR_OK;
}

static enum clr_status unpack_folder(struct clr_bytes value, struct clr_rules_folder *out)
{
    struct clr_unpack unpack = clr_unpack_of(value);
    memset(out, 0, sizeof *out);
    clr_unpack_bytes(&unpack, out->digest, CLR_DIGEST_SIZE);
    const uint32_t count = clr_unpack_u32(&unpack);
    if (unpack.bad || count > 64) return CLR_DAMAGED;
    out->file = calloc(count + 1, sizeof *out->file);
    if (out->file == NULL) return CLR_FULL;
    enum clr_status status = CLR_OK;
    for (out->count = 0; status == CLR_OK && out->count < count; out->count++) status = unpack_file(&unpack, &out->file[out->count]);
    if (status == CLR_OK && unpack.at == value.size) return CLR_OK;
    clr_rules_folder_free(out);
    return status == CLR_OK ? CLR_DAMAGED : status;
}

static enum clr_status read_folder(struct clr_store *store, uint32_t version, struct clr_rules_folder *out, struct clr_fault *fault)
{
    struct clr_tx tx;
    struct clr_bytes value;
    uint8_t key[4];
    clr_put_be32(key, version);
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    enum clr_status status = clr_tx_get(&tx, CLR_TABLE_rule, key, sizeof key, &value, fault);
    if (status == CLR_OK) status = unpack_folder(value, out);
    clr_tx_abort(&tx);
    if (status == CLR_NOT_FOUND) clr_fault_say(fault, status, "there is no rules version %u; see `clear rules show`", "没有规则版本 %u；见 `clear rules show`", version);
    if (status == CLR_DAMAGED) clr_fault_say(fault, status, "rules version %u is damaged; restore a backup", "规则版本 %u 已损坏；请恢复备份", version);
    return status;
}

enum clr_status clr_store_rules_get(struct clr_store *store, uint32_t version, const struct clr_rules **out, struct clr_fault *fault)
{
    *out = NULL;
    if (version == 0 || version > store->rules_count) return clr_fault_say(fault, CLR_NOT_FOUND, "there is no rules version %u", "没有规则版本 %u", version);
    if (store->rules[version - 1] == NULL) {
        struct clr_rules_folder folder;
        struct clr_rules *rules = NULL;
        CLR_TRY(read_folder(store, version, &folder, fault));
        enum clr_status status = clr_rules_parse(&folder, &rules, fault);
        clr_rules_folder_free(&folder);
        CLR_TRY(status);
        status = clr_parties_bind(&store->parties, rules);
        if (status != CLR_OK) {
            clr_rules_destroy(rules);
            return status;
        }
        rules->version = version;
        store->rules[version - 1] = rules;
    }
    *out = store->rules[version - 1];
    return CLR_OK;
}

const struct clr_rules *clr_store_rules_version(struct clr_store *store, uint32_t version)
{
    const struct clr_rules *rules = NULL;
    return clr_store_rules_get(store, version, &rules, NULL) == CLR_OK ? rules : NULL;
}

const struct clr_rules *clr_store_rules(struct clr_store *store) { return clr_store_rules_version(store, store->rules_count); }

enum clr_status clr_rules_show(struct clr_store *store, uint32_t version, struct clr_rules_folder *out, struct clr_fault *fault)
{
    memset(out, 0, sizeof *out);
    if (version == 0) version = store->rules_count;
    if (version == 0) return clr_fault_say(fault, CLR_NOT_FOUND, "no rules are loaded; run `clear rules load DIR`", "尚未装入规则；请运行 `clear rules load 目录`");
    return read_folder(store, version, out, fault);
}

/* ---- load ---- */

struct load {
    const struct clr_rules_folder *folder;
    struct clr_rules *rules;
    struct clr_rules_loaded *out;
};

static enum clr_status put_version(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault)
{
    struct load *const load = context;
    struct clr_pack pack = { 0 };
    uint8_t key[4], by_digest[1 + CLR_DIGEST_SIZE] = { 'd' };

    clr_put_be32(key, load->rules->version);
    memcpy(by_digest + 1, load->folder->digest, CLR_DIGEST_SIZE);
    CLR_TRY(clr_parties_number(tx, &store->parties, load->rules, fault));
    pack_folder(&pack, load->folder);
    enum clr_status status = pack.bad ? CLR_FULL : clr_tx_put(tx, CLR_TABLE_rule, key, sizeof key, pack.data, pack.size, fault);
    clr_pack_free(&pack);
    CLR_TRY(status);
    return clr_tx_put(tx, CLR_TABLE_rule, by_digest, sizeof by_digest, key, sizeof key, fault);
}

static enum clr_status keep_version(struct clr_store *store, struct load *load, bool dry_run, struct clr_fault *fault)
{
    const struct clr_rules *const latest = clr_store_rules(store);
    load->out->already = latest != NULL && memcmp(latest->digest, load->folder->digest, CLR_DIGEST_SIZE) == 0;
    load->out->version = load->out->already ? store->rules_count : store->rules_count + 1;
    if (load->out->already || dry_run) return CLR_OK;

    struct clr_rules **const grown = realloc(store->rules, (store->rules_count + 2) * sizeof *grown);
    if (grown == NULL) return CLR_FULL;
    store->rules = grown;
    load->rules->version = load->out->version;
    CLR_TRY(clr_store_write(store, put_version, load, fault));
    store->rules[store->rules_count++] = load->rules;
    load->rules = NULL;
    return CLR_OK;
}

static size_t count_lines(const struct clr_rules_folder *folder, const char *name)
{
    size_t lines = 0;
    for (size_t i = 0; i < folder->count; i++) {
        if (strcmp(folder->file[i].name, name) != 0) continue;
        for (size_t at = 0; at < folder->file[i].size; at++) lines += folder->file[i].data[at] == '\n';
    }
    return lines > 0 ? lines - 1 : 0;
}

enum clr_status clr_rules_load(struct clr_store *store, const char *directory, bool dry_run, struct clr_rules_loaded *out, struct clr_fault *fault)
{
    struct clr_rules_folder folder;
    struct load load = { &folder, NULL, out };

    memset(out, 0, sizeof *out);
    CLR_TRY(clr_rules_folder_read(directory, store->tokenizer, &folder, fault));
    enum clr_status status = clr_rules_parse(&folder, &load.rules, fault);
    if (status == CLR_OK) {
        memcpy(out->digest, folder.digest, CLR_DIGEST_SIZE);
        out->participants = load.rules->participant_count;
        out->fees = load.rules->fee_count;
        out->senders = load.rules->sender_count;
        out->cards = count_lines(&folder, "cards.csv");
        status = keep_version(store, &load, dry_run, fault);
    }
    if (load.rules != NULL) clr_rules_destroy(load.rules);
    clr_rules_folder_free(&folder);
    return status;
}

/* ---- names ---- */

int clr_store_participant(const struct clr_store *store, const struct clr_rules *rules, clr_party party)
{
    if (!clr_party_is_known(party)) return -1;
    for (size_t i = 0; i < rules->participant_count; i++)
        if (rules->participant[i].party == party) return (int)i;
    (void)store;
    return -1;
}

struct clr_name clr_store_party_name(struct clr_store *store, clr_party party)
{
    const char *const text = clr_party_text(&store->parties, party);
    struct clr_name name = { text, text, text, -1 };
    for (uint32_t version = store->rules_count; clr_party_is_known(party) && version > 0; version--) {
        const struct clr_rules *const rules = clr_store_rules_version(store, version);
        const int index = rules != NULL ? clr_store_participant(store, rules, party) : -1;
        if (index < 0) continue;
        const struct clr_participant *const participant = &rules->participant[index];
        return (struct clr_name){ participant->code, participant->name_zh, participant->name_en, (int)participant->role };
    }
    return name;
}
