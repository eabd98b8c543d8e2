#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/admission.h"
#include "store/pack.h"

#define KEY_NAME "store.key"

/* ThreadSanitizer keeps most of the address space for itself: its builds map less. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_THREAD_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_THREAD__) || defined(UNDER_THREAD_SANITIZER)
#define MAP_SIZE_DEFAULT (UINT64_C(8) << 30)
#else
#define MAP_SIZE_DEFAULT (UINT64_C(1) << 40)
#endif

static void fill_defaults(struct clr_store_options *to, const struct clr_store_options *from)
{
    memset(to, 0, sizeof *to);
    if (from != NULL) *to = *from;
    if (to->threads == 0) {
        const long cores = sysconf(_SC_NPROCESSORS_ONLN);
        to->threads = cores > 0 ? (unsigned)cores : 1;
    }
    if (to->threads > 64) to->threads = 64;
    if (to->memory == 0) to->memory = UINT64_C(1) << 30;
    if (to->memory < UINT64_C(64) << 20) to->memory = UINT64_C(64) << 20;
    if (to->map_size == 0) to->map_size = MAP_SIZE_DEFAULT;
    if (to->subcommit_bytes == 0) to->subcommit_bytes = UINT64_C(32) << 20;
}

/* ---- the key file ---- */

static enum clr_status key_fault(int code, const char *path, const char *en, const char *zh, struct clr_fault *fault)
{
    if (code == 0) clr_fault_say(fault, CLR_KEY, "%s%.0s", "%.0s%s", en, zh);
    else clr_fault_say(fault, CLR_KEY, "%s%.0s: %s", "%.0s%s：%s", en, zh, strerror(code));
    clr_fault_at(fault, path, 0, NULL);
    return CLR_KEY;
}

static void key_path(const char *store_path, const struct clr_store_options *options, char path[600])
{
    if (options->key_file != NULL) snprintf(path, 600, "%s", options->key_file);
    else snprintf(path, 600, "%s/" KEY_NAME, store_path);
}

static enum clr_status write_key(const char *path, struct clr_fault *fault)
{
    uint8_t key[CLR_STORE_KEY_SIZE];
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) return CLR_OK;                 /* a key the user brought along */
    if (fd < 0) return key_fault(errno, path, "cannot write the key file", "无法写入密钥文件", fault);
    randombytes_buf(key, sizeof key);
    const bool whole = write(fd, key, sizeof key) == (ssize_t)sizeof key && fsync(fd) == 0;
    const int code = errno;
    sodium_memzero(key, sizeof key);
    close(fd);
    if (whole) return CLR_OK;
    unlink(path);
    return key_fault(code, path, "cannot write the key file", "无法写入密钥文件", fault);
}

static enum clr_status read_key(const char *path, uint8_t key[CLR_STORE_KEY_SIZE], struct clr_fault *fault)
{
    struct stat info;
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);      /* a pipe in its place must not hold us */
    if (fd < 0) return key_fault(errno, path, "cannot read the store's key", "无法读取存储密钥", fault);
    const ssize_t got = read(fd, key, CLR_STORE_KEY_SIZE);
    const bool private_file = fstat(fd, &info) == 0 && (info.st_mode & 077) == 0;
    const bool exact = got == CLR_STORE_KEY_SIZE && info.st_size == CLR_STORE_KEY_SIZE;
    close(fd);
    if (!exact) return key_fault(0, path, "the key file does not hold 32 bytes", "密钥文件长度不是32字节", fault);
    if (!private_file) return key_fault(0, path, "the key file can be read by others; chmod 600 it", "密钥文件可被他人读取，请 chmod 600", fault);
    return CLR_OK;
}

/** The key must be the one the store was made with: a keyed check value stands in `meta`. */
static enum clr_status check_key(struct clr_store *store, struct clr_tx *tx, bool create, struct clr_fault *fault)
{
    uint8_t check[16];
    struct clr_bytes stored;
    static const char text[] = "clear store key check";
    crypto_generichash(check, sizeof check, (const uint8_t *)text, sizeof text, store->key, sizeof store->key);
    if (create) return clr_tx_put(tx, CLR_TABLE_meta, "key-check", 9, check, sizeof check, fault);
    CLR_TRY(clr_tx_get(tx, CLR_TABLE_meta, "key-check", 9, &stored, fault));
    if (clr_bytes_equal(stored, clr_bytes_of(check, sizeof check))) return CLR_OK;
    return clr_fault_say(fault, CLR_KEY, "this key is not the one the store was made with", "此密钥不是建库时所用的密钥");
}

void clr_store_use_keys(struct clr_store *store, const struct clr_keyset *keys, const struct clr_codec_list *codecs)
{
    store->keys = keys;
    store->codecs = codecs;
}

/* ---- create and open ---- */

static enum clr_status make_directory(const char *path, struct clr_fault *fault)
{
    char inner[600];
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        clr_fault_say(fault, errno == ENOSPC ? CLR_FULL : CLR_USAGE, "cannot make the directory: %s", "无法建立目录：%s", strerror(errno));
        clr_fault_at(fault, path, 0, NULL);
        return errno == ENOSPC ? CLR_FULL : CLR_USAGE;
    }
    snprintf(inner, sizeof inner, "%s/data.mdb", path);
    if (access(inner, F_OK) == 0) {
        clr_fault_say(fault, CLR_USAGE, "there is a store here already", "此处已有存储");
        clr_fault_at(fault, path, 0, NULL);
        return CLR_USAGE;
    }
    snprintf(inner, sizeof inner, "%s/archive", path);
    if (mkdir(inner, 0700) != 0 && errno != EEXIST)
        return clr_fault_say(fault, errno == ENOSPC ? CLR_FULL : CLR_USAGE, "cannot make %s: %s", "无法建立 %s：%s", inner, strerror(errno));
    return CLR_OK;
}

enum clr_status clr_store_create(const char *path, const struct clr_store_options *options, struct clr_fault *fault)
{
    struct clr_store store;
    struct clr_tx tx;
    char key_file[600];

    memset(&store, 0, sizeof store);
    store.env.lock_fd = -1;
    if (sodium_init() < 0) return clr_fault_say(fault, CLR_KEY, "libsodium does not start", "libsodium 无法启动");
    fill_defaults(&store.options, options);
    CLR_TRY(make_directory(path, fault));
    key_path(path, &store.options, key_file);
    CLR_TRY(write_key(key_file, fault));
    CLR_TRY(read_key(key_file, store.key, fault));
    enum clr_status status = clr_env_open(&store.env, path, store.options.map_size, true, false, fault);
    if (status == CLR_OK) status = clr_tx_begin(&store.env, true, &tx, fault);
    if (status == CLR_OK) {
        status = clr_meta_put(&tx, CLR_META_FORMAT, CLR_STORE_FORMAT, fault);
        if (status == CLR_OK) status = clr_meta_put(&tx, CLR_META_NEXT_RUN, 1, fault);
        if (status == CLR_OK) status = check_key(&store, &tx, true, fault);
        if (status == CLR_OK) status = clr_tx_commit(&tx, fault);
        else clr_tx_abort(&tx);
    }
    clr_env_close(&store.env);
    sodium_memzero(store.key, sizeof store.key);
    return status;
}

/** Load every run manifest. Building runs of a killed command are noted for sweeping. */
static enum clr_status load_runs(struct clr_store *store, struct clr_tx *tx, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;

    CLR_TRY(clr_scan_open(tx, CLR_TABLE_run, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_run *const run = calloc(1, sizeof *run);
        status = run == NULL ? CLR_FULL : clr_run_unpack(key, value, run);
        if (status == CLR_OK) status = clr_store_run_add(store, run);
        else free(run);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    if (status == CLR_DAMAGED) clr_fault_say(fault, status, "a run's manifest is damaged; restore a backup", "批次清单损坏；请恢复备份");
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status load_rules_count(struct clr_store *store, struct clr_tx *tx, struct clr_fault *fault)
{
    for (uint32_t version = 1;; version++) {
        uint8_t key[4];
        struct clr_bytes value;
        clr_put_be32(key, version);
        const enum clr_status status = clr_tx_get_raw(tx, CLR_TABLE_rule, key, sizeof key, &value, fault);
        if (status == CLR_NOT_FOUND) break;
        if (status != CLR_OK) return status;
        store->rules_count = version;
    }
    store->rules = calloc(store->rules_count + 1, sizeof *store->rules);
    return store->rules != NULL ? CLR_OK : CLR_FULL;
}

enum clr_status clr_store_load_tables(struct clr_store *store, struct clr_fault *fault)
{
    struct clr_tx tx;
    uint64_t format;

    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    enum clr_status status = clr_meta_get(&tx, CLR_META_FORMAT, 0, &format, fault);
    if (status == CLR_OK && format != CLR_STORE_FORMAT)
        status = clr_fault_say(fault, CLR_DAMAGED, "the store has format %llu; this program reads format %d", "存储格式为 %llu，本程序只读格式 %d",
                               (unsigned long long)format, CLR_STORE_FORMAT);
    if (status == CLR_OK) status = check_key(store, &tx, false, fault);
    if (status == CLR_OK) status = clr_parties_load(&tx, &store->parties, fault);
    if (status == CLR_OK) status = load_rules_count(store, &tx, fault);
    if (status == CLR_OK) status = load_runs(store, &tx, fault);
    clr_tx_abort(&tx);
    if (status == CLR_NOT_FOUND) status = clr_fault_say(fault, CLR_DAMAGED, "the store lacks its own description", "存储缺少自身描述");
    return status;
}

void clr_store_unload_tables(struct clr_store *store)
{
    for (size_t i = 0; i < store->run_count; i++) {
        clr_run_free(store->run[i]);
        free(store->run[i]);
    }
    for (uint32_t i = 0; i < store->rules_count; i++) clr_rules_destroy(store->rules[i]);
    free(store->run);
    free(store->rules);
    clr_parties_free(&store->parties);
    store->run = NULL;
    store->rules = NULL;
    store->run_count = store->run_capacity = store->rules_count = 0;
}

/** Everything behind the lock and the key. A reader passes over what a killed command left; a writer removes it. */
static enum clr_status open_and_sweep(struct clr_store *store, const char *path, struct clr_fault *fault)
{
    CLR_TRY(clr_env_open(&store->env, path, store->options.map_size, false, store->options.read_only, fault));
    CLR_TRY(clr_store_load_tables(store, fault));
    if (!store->options.read_only) return clr_admission_sweep(store, fault);
    clr_store_runs_forget_building(store);
    return CLR_OK;
}

enum clr_status clr_store_open(const char *path, const struct clr_store_options *options, struct clr_store **out, struct clr_fault *fault)
{
    char key_file[600], data[600], lock[600];
    *out = NULL;
    if (sodium_init() < 0) return clr_fault_say(fault, CLR_KEY, "libsodium does not start", "libsodium 无法启动");
    /* LMDB and the packers free and take buffers of a few hundred KiB all the time: keep them on the heap, where they stay warm. */
    mallopt(M_MMAP_THRESHOLD, 512 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);

    struct clr_store *const store = calloc(1, sizeof *store);
    if (store == NULL) return CLR_FULL;
    store->env.lock_fd = -1;
    fill_defaults(&store->options, options);
    snprintf(data, sizeof data, "%s/data.mdb", path);
    snprintf(lock, sizeof lock, "%s/lock", path);
    enum clr_status status = CLR_OK;
    if (access(data, F_OK) != 0 && errno != EACCES && access(lock, F_OK) != 0 && errno != EACCES) {          /* a store that lost its data is damaged, not absent */
        status = clr_fault_say(fault, CLR_USAGE, "there is no store here; make one with `clear init`", "此处没有存储；请先运行 `clear init`");
        clr_fault_at(fault, path, 0, NULL);
    }
    key_path(path, &store->options, key_file);
    if (status == CLR_OK) status = read_key(key_file, store->key, fault);
    if (status == CLR_OK) status = clr_tokenizer_create(store->key, &store->tokenizer);
    if (status == CLR_OK) status = open_and_sweep(store, path, fault);
    if (status != CLR_OK) {
        clr_store_close(store);
        return status;
    }
    *out = store;
    return CLR_OK;
}

void clr_store_close(struct clr_store *store)
{
    if (store == NULL) return;
    clr_store_unload_tables(store);
    clr_env_close(&store->env);
    if (store->tokenizer != NULL) clr_tokenizer_destroy(store->tokenizer);
    sodium_memzero(store->key, sizeof store->key);
    free(store);
}

/* ---- what others ask of it ---- */

enum clr_status clr_store_run_add(struct clr_store *store, struct clr_run *run)
{
    if (store->run_count == store->run_capacity) {
        const size_t capacity = store->run_capacity * 2 + 16;
        struct clr_run **const grown = realloc(store->run, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        store->run = grown;
        store->run_capacity = capacity;
    }
    store->run[store->run_count++] = run;
    return CLR_OK;
}

void clr_store_runs_forget_building(struct clr_store *store)
{
    size_t kept = 0;
    for (size_t i = 0; i < store->run_count; i++) {
        if (store->run[i]->state == CLR_RUN_READY) {
            store->run[kept++] = store->run[i];
            continue;
        }
        clr_run_free(store->run[i]);
        free(store->run[i]);
    }
    store->run_count = kept;
}

void clr_store_archive_path(const struct clr_store *store, char path[600]) { snprintf(path, 600, "%s/archive", store->env.path); }

enum clr_status clr_store_write(struct clr_store *store, enum clr_status (*step)(struct clr_store *, struct clr_tx *, void *, struct clr_fault *),
                                void *context, struct clr_fault *fault)
{
    struct clr_tx tx;
    CLR_TRY(clr_tx_begin(&store->env, true, &tx, fault));
    const enum clr_status status = step(store, &tx, context, fault);
    if (status == CLR_OK) return clr_tx_commit(&tx, fault);
    clr_tx_abort(&tx);
    return status;
}
