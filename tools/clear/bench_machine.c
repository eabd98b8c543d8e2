#include "bench_machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "ingest/digest.h"
#include "memory.h"

#define ROUNDS 5                               /* the best counts: what the machine can do, not what it did beside others */
#define COPY_SIZE ((size_t)64 << 20)           /* larger than any cache */
#define HASH_SIZE ((size_t)16 << 20)
#define WRITE_SIZE ((size_t)32 << 20)          /* a commit of the store */
#define ITEMS 4096                             /* several groups of every TAC engine */

static void better(uint64_t *best, uint64_t bytes, uint64_t took)
{
    const uint64_t rate = (uint64_t)((unsigned __int128)bytes * 1000000000 / (took == 0 ? 1 : took));

    if (rate > *best) *best = rate;
}

/* ---- memory and SHA-256 ---- */

static enum clr_status measure_memory(uint8_t *from, uint8_t *to, struct bench_machine *out)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        const uint64_t since = clr_clock_thread_cpu_ns();
        memcpy(to, from, COPY_SIZE);
        __asm__ volatile("" : : "r"(to) : "memory");       /* the copy is wanted for itself */
        better(&out->memory_rate, 2 * COPY_SIZE, clr_clock_thread_cpu_ns() - since);
    }
    return CLR_OK;
}

static enum clr_status measure_sha(const uint8_t *data, struct bench_machine *out, struct clr_fault *fault)
{
    struct clr_hasher hasher;
    uint8_t digest[CLR_DIGEST_SIZE];
    enum clr_status status = clr_hasher_open(&hasher, fault);

    for (unsigned i = 0; i < ROUNDS && status == CLR_OK; i++) {
        const uint64_t since = clr_clock_thread_cpu_ns();
        for (size_t at = 0; at < HASH_SIZE && status == CLR_OK; at += CLR_CHUNK_SIZE) status = clr_hasher_chunk(&hasher, data + at, CLR_CHUNK_SIZE, digest, fault);
        better(&out->sha_rate, HASH_SIZE, clr_clock_thread_cpu_ns() - since);
    }
    clr_hasher_close(&hasher);
    return status;
}

/* ---- durable writes ---- */

static enum clr_status measure_disk(const char *directory, const uint8_t *data, struct bench_machine *out, struct clr_fault *fault)
{
    char *path = memory_print("%s/write", directory);
    bool failed = false;

    for (unsigned i = 0; i < ROUNDS && !failed; i++) {
        const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        const uint64_t since = clr_clock_monotonic_ns();
        failed = file < 0;
        for (size_t at = 0; at < WRITE_SIZE && !failed; at += CLR_CHUNK_SIZE) failed = write(file, data + at, CLR_CHUNK_SIZE) != (ssize_t)CLR_CHUNK_SIZE;
        failed = failed || fdatasync(file) != 0;
        if (!failed) better(&out->disk_rate, WRITE_SIZE, clr_clock_monotonic_ns() - since);
        if (file >= 0) close(file);
    }
    const int error = errno;
    unlink(path);
    free(path);
    if (!failed) return CLR_OK;
    clr_fault_say(fault, CLR_USAGE, "cannot write a file for the benchmark: %s; choose another folder with --dir", "无法写入测试文件：%s；请用 --dir 另选目录", strerror(error));
    clr_fault_at(fault, directory, 0, NULL);
    return CLR_USAGE;
}

/* ---- TAC ---- */

static void make_items(struct clr_tac_item *items)
{
    for (unsigned i = 0; i < ITEMS; i++) {
        items[i] = (struct clr_tac_item){ .size = 22 };
        for (unsigned k = 0; k < 8; k++) items[i].card_factor[k] = (uint8_t)(i >> (k % 2 * 8) & 0x77);
        memset(items[i].data, (int)(i % 90), sizeof items[i].data);
    }
}

static enum clr_status measure_tac(struct bench_machine *out)
{
    static const struct clr_tac_key key = { .master = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, .issuer_factor = { 1 }, .levels = 2, .algorithm = CLR_TAC_3DES, .fold = 1 };
    struct clr_tac_item *items = memory_take(ITEMS, sizeof *items);
    struct clr_tac_context *context = NULL;
    uint64_t best = 0;
    enum clr_status status = clr_tac_create(&key, 1, out->engine, &context);

    make_items(items);
    for (unsigned i = 0; i < ROUNDS && status == CLR_OK; i++) {
        const uint64_t since = clr_clock_thread_cpu_ns();
        status = clr_tac_compute(context, items, ITEMS);
        better(&best, ITEMS, clr_clock_thread_cpu_ns() - since);                       /* records a second */
    }
    out->tac_tenths = best == 0 ? 0 : (UINT64_C(10000000000) + best / 2) / best;
    clr_tac_destroy(context);
    free(items);
    return status;
}

enum clr_status bench_machine_measure(const char *directory, bool tac, unsigned engine, struct bench_machine *out, struct clr_fault *fault)
{
    static_assert(HASH_SIZE <= COPY_SIZE && WRITE_SIZE <= COPY_SIZE && COPY_SIZE % CLR_CHUNK_SIZE == 0, "one buffer for all");
    *out = (struct bench_machine){ .engine = engine == 0 ? clr_tac_best() : (enum clr_tac_engine)(engine - 1) };
    if (tac && !clr_tac_has(out->engine))
        return clr_fault_say(fault, CLR_USAGE, "--tac-engine: this machine has no %s", "--tac-engine：本机不支持 %s", clr_tac_engine_name(out->engine));

    uint8_t *from = memory_take(COPY_SIZE, 1), *to = memory_take(COPY_SIZE, 1);
    memset(from, 0x5a, COPY_SIZE);                         /* calloc's pages are one page of zeros until they are written */
    memset(to, 0xa5, COPY_SIZE);
    enum clr_status status = measure_memory(from, to, out);
    if (status == CLR_OK) status = measure_sha(from, out, fault);
    if (status == CLR_OK) status = measure_disk(directory, from, out, fault);
    if (status == CLR_OK && tac) status = measure_tac(out);
    free(from);
    free(to);
    return status;
}

/* ---- the floor ---- */

static uint64_t tenths(uint64_t bytes, uint64_t rate, uint64_t records)
{
    const unsigned __int128 scaled = (unsigned __int128)bytes * UINT64_C(10000000000), divisor = (unsigned __int128)(rate == 0 ? 1 : rate) * (records == 0 ? 1 : records);

    return (uint64_t)((scaled + divisor / 2) / divisor);
}

uint64_t bench_machine_floor(const struct bench_machine *machine, enum clr_stage stage, const struct clr_stages *stages, uint64_t records, uint64_t file_bytes,
                             uint64_t stored_bytes)
{
    const uint64_t txn = stages->txn_size * records, memory = machine->memory_rate;

    switch (stage) {
    case CLR_STAGE_DIGEST: return tenths(file_bytes, machine->sha_rate, records);
    case CLR_STAGE_READ: return tenths(2 * file_bytes, memory, records);         /* from the page cache into the block */
    case CLR_STAGE_DECODE: return tenths(file_bytes, memory, records);
    case CLR_STAGE_TAC: return machine->tac_tenths;
    case CLR_STAGE_SCATTER: return tenths(2 * txn, memory, records);             /* a written line is read first */
    case CLR_STAGE_SORT: return tenths(txn, memory, records);                    /* the partition comes back; judge and account find it in the cache */
    case CLR_STAGE_PACK: return tenths(stored_bytes, memory, records);
    case CLR_STAGE_WRITE: return tenths(stored_bytes, machine->disk_rate, records);
    default: return 0;
    }
}

void bench_machine_row(struct row *row, const struct bench_machine *machine)
{
    row_start(row);
    row_count(row, "memory_bytes_per_s", "memory copied, B/s", "内存复制 字节/秒", machine->memory_rate);
    row_count(row, "sha256_bytes_per_s", "SHA-256, B/s", "SHA-256 字节/秒", machine->sha_rate);
    row_count(row, "disk_bytes_per_s", "durable write, B/s", "落盘写入 字节/秒", machine->disk_rate);
    row_text(row, "tac_engine", "TAC engine", "TAC 引擎", machine->tac_tenths > 0 ? clr_tac_engine_name(machine->engine) : NULL);
    row_tenths(row, "tac_ns_per_record", "TAC, ns", "TAC 纳秒", machine->tac_tenths);
    if (machine->tac_tenths == 0) row_unknown(row);
}
