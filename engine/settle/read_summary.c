/* read_summary.c: the whole store at a glance: windows, files, sums, space. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "clr.h"
#include "ingest/admission.h"
#include "ingest/digest.h"
#include "settle/package.h"
#include "settle/read.h"
#include "store/files.h"
#include "store/merge.h"

/* ---- windows ---- */

static enum clr_status read_windows(struct clr_store *store, struct clr_tx *tx, struct clr_summary *out, struct clr_fault *fault)
{
    struct clr_window_list windows = { 0 };
    struct clr_cell_list cells = { 0 };
    struct clr_ledger ledger = { 0 };

    enum clr_status status = clr_windows_list(tx, CLR_ALL_PRODUCTS, CLR_DAY_NONE, &windows, fault);
    if (status == CLR_OK) status = clr_cells_of_windows(tx, &windows, &cells, fault);
    if (status == CLR_OK) status = clr_windows_describe(store, tx, &windows, &cells, UINT32_MAX, &out->window, fault);
    if (status == CLR_OK) {
        out->window_count = windows.count;
        status = clr_ledger_of_cells(store, tx, &cells, CLR_LEVEL_MEMBER, &ledger, fault);
        out->balanced = status == CLR_OK;
        if (status == CLR_UNBALANCED) status = CLR_OK;         /* the summary is what says so */
    }
    clr_ledger_free(&ledger);
    clr_cell_list_free(&cells);
    clr_window_list_free(&windows);
    return status;
}

/* ---- files ---- */

/** Takes the texts of `file` over. */
static enum clr_status add_file(struct clr_summary *out, size_t *capacity, struct clr_file *file)
{
    if (out->file_count == *capacity) {
        const size_t more = *capacity * 2 + 16;
        struct clr_file_info *const grown = realloc(out->file, more * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        out->file = grown;
        *capacity = more;
    }
    struct clr_file_info *const info = &out->file[out->file_count++];
    *info = (struct clr_file_info){ .admission = file->admission, .name = file->name, .sender = file->sender, .file_id = file->file_id,
                                    .format = clr_format_term(file->format).name, .stamp = file->stamp, .size = file->size,
                                    .rules_version = file->rules_version, .first = file->first, .current = file->current };
    memcpy(info->digest, file->received, CLR_DIGEST_SIZE);
    file->name = file->sender = file->file_id = NULL;
    return CLR_OK;
}

static enum clr_status read_files(struct clr_tx *tx, struct clr_summary *out, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    size_t capacity = 0;
    enum clr_status status;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_file, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_file file;
        status = clr_file_unpack(key, value, &file);
        if (status != CLR_OK) break;
        status = clr_figures_add(&out->totals, &file.current);
        if (status == CLR_OK) status = add_file(out, &capacity, &file);
        clr_file_free(&file);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/* ---- space ---- */

static enum clr_status read_space(struct clr_store *store, struct clr_tx *tx, struct clr_summary *out, struct clr_fault *fault)
{
    MDB_envinfo info;
    MDB_stat stat;
    uint64_t free_pages;
    mdb_env_info(store->env.env, &info);
    mdb_env_stat(store->env.env, &stat);
    CLR_TRY(clr_tx_free_pages(tx, &free_pages, fault));
    out->map_bytes = info.me_mapsize;
    out->free_bytes = free_pages * stat.ms_psize;
    out->live_bytes = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize - out->free_bytes;
    return CLR_OK;
}

static uint64_t archive_bytes(const struct clr_store *store)
{
    char path[600];
    uint64_t bytes = 0;
    clr_store_archive_path(store, path);
    DIR *const directory = opendir(path);
    if (directory == NULL) return 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        struct stat file;
        if (fstatat(dirfd(directory), entry->d_name, &file, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(file.st_mode)) bytes += (uint64_t)file.st_size;
    }
    closedir(directory);
    return bytes;
}

/* ---- merging ---- */

static enum clr_status read_merges(struct clr_store *store, struct clr_tx *tx, struct clr_summary *out, struct clr_fault *fault)
{
    struct clr_merge_outlook outlook;
    CLR_TRY(clr_merge_look(store->run, store->run_count, &outlook));
    out->busiest_day = outlook.day;
    out->busiest_day_runs = outlook.runs;
    out->merge_due = outlook.due;
    CLR_TRY(clr_meta_get(tx, CLR_META_MERGES, 0, &out->merges, fault));
    CLR_TRY(clr_meta_get(tx, CLR_META_MERGE_RUNS, 0, &out->merge_runs, fault));
    CLR_TRY(clr_meta_get(tx, CLR_META_MERGE_ROWS, 0, &out->merge_rows, fault));
    return clr_meta_get(tx, CLR_META_MERGE_BYTES, 0, &out->merge_bytes, fault);
}

/* ---- packages ---- */

static enum clr_status read_packages(struct clr_store *store, struct clr_tx *tx, struct clr_summary *out, struct clr_fault *fault)
{
    const struct clr_rules *rules = NULL;
    struct clr_package_overview overview;
    if (store->rules_count > 0) CLR_TRY(clr_store_rules_get(store, store->rules_count, &rules, fault));
    CLR_TRY(clr_package_overview_read(tx, rules, out->last_stamp != CLR_TIME_NONE ? clr_day_of_time(out->last_stamp) : CLR_DAY_NONE, &overview, fault));
    out->packages = overview.packages;
    out->packages_waiting = overview.waiting;
    out->packages_disputed = overview.disputed;
    out->packages_overdue = overview.overdue;
    return CLR_OK;
}

static enum clr_status read_all(struct clr_store *store, struct clr_tx *tx, struct clr_summary *out, struct clr_fault *fault)
{
    uint64_t stamp;
    CLR_TRY(read_windows(store, tx, out, fault));
    CLR_TRY(read_files(tx, out, fault));
    CLR_TRY(clr_meta_get(tx, CLR_META_EVENTS, 0, &out->events, fault));
    CLR_TRY(clr_meta_get(tx, CLR_META_LAST_STAMP, (uint64_t)CLR_TIME_NONE, &stamp, fault));
    out->last_stamp = (int64_t)stamp;
    out->runs = store->run_count;
    CLR_TRY(read_packages(store, tx, out, fault));
    CLR_TRY(read_merges(store, tx, out, fault));
    out->rules_versions = store->rules_count;
    out->archive_bytes = archive_bytes(store);
    return read_space(store, tx, out, fault);
}

enum clr_status clr_summary_read(struct clr_store *store, struct clr_summary *out, struct clr_fault *fault)
{
    struct clr_tx tx;
    memset(out, 0, sizeof *out);
    out->last_stamp = CLR_TIME_NONE;
    CLR_TRY(clr_admission_unfinished(store, &out->unfinished_files, fault));
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    const enum clr_status status = read_all(store, &tx, out, fault);
    clr_tx_abort(&tx);
    if (status != CLR_OK) clr_summary_free(out);
    return status;
}

void clr_summary_free(struct clr_summary *summary)
{
    for (size_t i = 0; i < summary->file_count; i++) {
        free((void *)(uintptr_t)summary->file[i].name);          /* ours; const for those who read */
        free((void *)(uintptr_t)summary->file[i].sender);
        free((void *)(uintptr_t)summary->file[i].file_id);
    }
    free(summary->window);
    free(summary->file);
    memset(summary, 0, sizeof *summary);
}
