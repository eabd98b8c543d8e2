#include "ingest/admission.h"

#include <stdlib.h>

#include "store/pack.h"

/* ---- the record of an admission under way ---- */

void clr_admission_free(struct clr_admission *admission)
{
    for (uint32_t i = 0; i < admission->count; i++) free(admission->file[i].sender);
    free(admission->file);
    memset(admission, 0, sizeof *admission);
}

enum clr_status clr_admission_read(struct clr_tx *tx, struct clr_admission *out, struct clr_fault *fault)
{
    struct clr_bytes value;
    memset(out, 0, sizeof *out);
    CLR_TRY(clr_tx_get(tx, CLR_TABLE_adm, "o", 1, &value, fault));
    struct clr_unpack unpack = clr_unpack_of(value);
    out->first = clr_unpack_u32(&unpack);
    out->rules_version = clr_unpack_u32(&unpack);
    const uint32_t count = clr_unpack_u32(&unpack);
    if (unpack.bad || (uint64_t)count * 48 > value.size) return CLR_DAMAGED;
    out->file = calloc(count + 1, sizeof *out->file);
    if (out->file == NULL) return CLR_FULL;
    for (; out->count < count; out->count++) {
        struct clr_admitted *const file = &out->file[out->count];
        file->number = clr_unpack_u32(&unpack);
        clr_unpack_bytes(&unpack, file->content, CLR_DIGEST_SIZE);
        file->stamp = (int64_t)clr_unpack_u64(&unpack);
        file->sender = clr_unpack_text(&unpack);
    }
    if (!unpack.bad && unpack.at < value.size) clr_unpack_bytes(&unpack, out->keys, CLR_KEYS_DIGEST_SIZE);
    if (!unpack.bad) return CLR_OK;
    clr_admission_free(out);
    return CLR_DAMAGED;
}

enum clr_status clr_admission_write(struct clr_tx *tx, const struct clr_plan *plan, struct clr_fault *fault)
{
    struct clr_pack pack = { 0 };
    clr_pack_u32(&pack, plan->first_admission);
    clr_pack_u32(&pack, plan->rules->version);
    clr_pack_u32(&pack, plan->order_count);
    for (uint32_t i = 0; i < plan->order_count; i++) {
        const struct clr_job *const job = plan->order[i];
        clr_pack_u32(&pack, job->admission);
        clr_pack_bytes(&pack, job->input.content, CLR_DIGEST_SIZE);
        clr_pack_u64(&pack, (uint64_t)job->stamp);
        clr_pack_text(&pack, job->sender_name);
    }
    clr_pack_bytes(&pack, plan->keys, CLR_KEYS_DIGEST_SIZE);
    const enum clr_status status = pack.bad ? CLR_FULL : clr_tx_put(tx, CLR_TABLE_adm, "o", 1, pack.data, pack.size, fault);
    clr_pack_free(&pack);
    return status;
}

enum clr_status clr_admission_done(struct clr_tx *tx, struct clr_fault *fault) { return clr_tx_delete(tx, CLR_TABLE_adm, "o", 1, fault); }

/* ---- sweeping ---- */

static enum clr_status delete_run(struct clr_store *store, uint64_t id, struct clr_fault *fault)
{
    for (bool more = true; more;) {
        struct clr_tx tx;
        CLR_TRY(clr_tx_begin(&store->env, true, &tx, fault));
        const enum clr_status status = clr_run_delete(&tx, id, &more, fault);
        if (status != CLR_OK) {
            clr_tx_abort(&tx);
            return status;
        }
        CLR_TRY(clr_tx_commit(&tx, fault));
    }
    return CLR_OK;
}

static enum clr_status wipe_table(struct clr_store *store, enum clr_table table, const void *prefix, size_t size, struct clr_fault *fault)
{
    for (bool more = true; more;) {
        struct clr_tx tx;
        CLR_TRY(clr_tx_begin(&store->env, true, &tx, fault));
        const enum clr_status status = clr_tx_delete_prefix(&tx, table, prefix, size, 32 << 20, &more, fault);
        if (status != CLR_OK) {
            clr_tx_abort(&tx);
            return status;
        }
        CLR_TRY(clr_tx_commit(&tx, fault));
    }
    return CLR_OK;
}

enum clr_status clr_admission_wipe_file(struct clr_store *store, uint32_t admission, struct clr_fault *fault)
{
    uint8_t key[4];
    clr_put_be32(key, admission);
    CLR_TRY(wipe_table(store, CLR_TABLE_vmap, key, sizeof key, fault));
    return wipe_table(store, CLR_TABLE_soff, key, sizeof key, fault);
}

/** Files of an admission under way that are not in: their leavings go. */
static enum clr_status sweep_files(struct clr_store *store, struct clr_fault *fault)
{
    struct clr_admission admission;
    struct clr_tx tx;
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    enum clr_status status = clr_admission_read(&tx, &admission, fault);
    clr_tx_abort(&tx);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    for (uint32_t i = 0; i < admission.count && status == CLR_OK; i++) {
        struct clr_file file;
        status = clr_tx_begin(&store->env, false, &tx, fault);
        if (status != CLR_OK) break;
        status = clr_file_get(&tx, admission.file[i].number, &file, fault);
        clr_tx_abort(&tx);
        if (status == CLR_OK) clr_file_free(&file);
        else if (status == CLR_NOT_FOUND) status = clr_admission_wipe_file(store, admission.file[i].number, fault);
    }
    clr_admission_free(&admission);
    return status;
}

enum clr_status clr_admission_sweep_runs(struct clr_store *store, struct clr_fault *fault)
{
    for (size_t i = 0; i < store->run_count; i++)
        if (store->run[i]->state != CLR_RUN_READY) CLR_TRY(delete_run(store, store->run[i]->id, fault));
    clr_store_runs_forget_building(store);
    return CLR_OK;
}

enum clr_status clr_admission_sweep(struct clr_store *store, struct clr_fault *fault)
{
    CLR_TRY(clr_admission_sweep_runs(store, fault));
    CLR_TRY(sweep_files(store, fault));
    return clr_admission_sweep_archives(store, fault);
}

static enum clr_status drop_step(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault)
{
    (void)store;
    (void)context;
    return clr_admission_done(tx, fault);
}

/** Opening has swept already: what is left of the admission is its record. */
enum clr_status clr_admission_drop(struct clr_store *store, struct clr_fault *fault)
{
    uint64_t unfinished;
    CLR_TRY(clr_admission_unfinished(store, &unfinished, fault));
    return unfinished == 0 ? CLR_OK : clr_store_write(store, drop_step, NULL, fault);
}

enum clr_status clr_admission_unfinished(struct clr_store *store, uint64_t *out, struct clr_fault *fault)
{
    struct clr_admission admission;
    struct clr_tx tx;
    *out = 0;
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    enum clr_status status = clr_admission_read(&tx, &admission, fault);
    for (uint32_t i = 0; status == CLR_OK && i < admission.count; i++) {
        struct clr_file file;
        const enum clr_status got = clr_file_get(&tx, admission.file[i].number, &file, fault);
        if (got == CLR_NOT_FOUND) ++*out;
        else if (got == CLR_OK) clr_file_free(&file);
        else status = got;
    }
    if (status == CLR_OK) {
        if (*out == 0 && admission.count > 0) *out = 1;            /* all in, only the record is left */
        clr_admission_free(&admission);
    }
    clr_tx_abort(&tx);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}
