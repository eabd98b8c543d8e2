// bench_input.cc: bytes a second of what happens to a file before its first record: root digest, unpacking, cutting, archiving.
//
// One file of made-up transit lines in the page cache; arguments are named (threads, MiB). The archive runs end on the disk with a full sync.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>
#include <zlib.h>
#include <zstd.h>

extern "C" {
#include "ingest/input.h"
#include "store/archive.h"
}

namespace {

const uint8_t key[CLR_STORE_KEY_SIZE] = { 7 };

uint64_t next_random(uint64_t *seed)
{
    uint64_t mixed = *seed += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

// Lines of 84 bytes: card, terminal, serial, counter, amount, time, codes. They pack about as real ones do.
std::string lines(size_t size)
{
    std::string text;
    uint64_t seed = 1;

    while (text.size() < size) {
        char line[128];
        const uint64_t random = next_random(&seed);

        std::snprintf(line, sizeof line, "3104%012llu,%012llu,%08llu,%05llu,%05llu,2026-03-02 %02llu:%02llu:%02llu,3120,3200,T,06,%08llX\n",
                      (unsigned long long)(random % 40000000), (unsigned long long)(random / 7 % 5000), (unsigned long long)text.size() / 84,
                      (unsigned long long)(random / 11 % 60000), (unsigned long long)(random / 13 % 20 * 50), (unsigned long long)(6 + random / 17 % 17),
                      (unsigned long long)(random / 19 % 60), (unsigned long long)(random / 23 % 60), (unsigned long long)(random >> 32));
        text += line;
    }
    return text;
}

std::string folder;

std::string write_file(const char *name, const void *data, size_t size)
{
    const std::string path = folder + "/" + name;
    FILE *file = std::fopen(path.c_str(), "wb");

    if (file == nullptr || std::fwrite(data, 1, size, file) != size || std::fclose(file) != 0) {
        std::perror(path.c_str());
        std::exit(1);
    }
    return path;
}

// 0 plain, 1 gzip, 2 zstd; made once for each.
const std::string &packed_file(int packing, size_t mib)
{
    static std::string paths[3];
    static size_t made[3];

    if (made[packing] == mib) return paths[packing];
    const std::string text = lines(mib << 20);
    made[packing] = mib;
    if (packing == 1) {
        gzFile file = gzopen((folder + "/lines.gz").c_str(), "wb6");
        gzwrite(file, text.data(), (unsigned)text.size());
        gzclose(file);
        paths[1] = folder + "/lines.gz";
    } else if (packing == 2) {
        std::vector<char> packed(ZSTD_compressBound(text.size()));
        const size_t size = ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3);
        paths[2] = write_file("lines.zst", packed.data(), size);
    } else {
        paths[0] = write_file("lines", text.data(), text.size());
    }
    return paths[packing];
}

void scan_or_exit(const std::string &path, unsigned threads, struct clr_input *input)
{
    enum clr_file_reason reason;
    struct clr_fault fault = {};

    if (clr_input_scan(path.c_str(), threads, input, &reason, &fault) == CLR_OK) return;
    std::fprintf(stderr, "%s: %s\n", path.c_str(), fault.en);
    std::exit(1);
}

void root_digest(benchmark::State &state)
{
    const std::string &path = packed_file((int)state.range(2), (size_t)state.range(1));
    uint64_t size = 0;

    for (auto _ : state) {
        struct clr_input input;
        scan_or_exit(path, (unsigned)state.range(0), &input);
        size = input.content_size;
        clr_input_free(&input);
    }
    state.SetBytesProcessed((int64_t)size * state.iterations());
}
BENCHMARK(root_digest)->ArgNames({ "threads", "MiB", "packing" })->ArgsProduct({ { 1, 2 }, { 256 }, { 0, 1, 2 } })->UseRealTime()
    ->Unit(benchmark::kMillisecond);

size_t cut_lines(struct clr_codec_file *, struct clr_bytes buffer, bool last)
{
    if (last) return buffer.size;
    const void *end = memrchr(buffer.data, '\n', buffer.size);
    return end == nullptr ? 0 : (size_t)((const uint8_t *)end - buffer.data) + 1;
}

void blocks(benchmark::State &state)
{
    struct clr_input input;
    struct clr_codec codec = {};
    std::vector<uint8_t> buffer((size_t)state.range(0) << 10);

    codec.cut = cut_lines;
    scan_or_exit(packed_file((int)state.range(2), (size_t)state.range(1)), 2, &input);
    for (auto _ : state) {
        struct clr_codec_file file = {};
        struct clr_blocks *blocks = nullptr;
        struct clr_block block = {};
        enum clr_file_reason reason;

        file.codec = &codec;
        if (clr_blocks_open(&input, &file, buffer.size(), &blocks, &reason, nullptr) != CLR_OK) std::exit(1);
        do {
            if (clr_blocks_next(blocks, buffer.data(), &block, &reason, nullptr) != CLR_OK) std::exit(1);
        } while (!block.last);
        clr_blocks_close(blocks);
    }
    state.SetBytesProcessed((int64_t)input.content_size * state.iterations());
    clr_input_free(&input);
}
BENCHMARK(blocks)->ArgNames({ "KiB", "MiB", "packing" })->ArgsProduct({ { 1024, 4096 }, { 256 }, { 0, 1, 2 } })->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void archive_write(benchmark::State &state)
{
    const std::string archive = folder + "/archive";
    struct clr_input input;
    uint64_t stored = 0;

    scan_or_exit(packed_file(0, (size_t)state.range(1)), 2, &input);
    for (auto _ : state) {
        struct clr_fault fault = {};

        if (clr_archive_write(archive.c_str(), key, &input, (unsigned)state.range(0), false, &fault) != CLR_OK) {
            state.SkipWithError(fault.en);
            break;
        }
        state.PauseTiming();
        stored = clr_archive_bytes(archive.c_str());
        if (clr_archive_remove(archive.c_str(), input.received) != CLR_OK) std::exit(1);
        state.ResumeTiming();
    }
    state.SetBytesProcessed((int64_t)input.received_size * state.iterations());
    state.counters["ratio"] = stored == 0 ? 0 : (double)input.received_size / (double)stored;
    clr_input_free(&input);
}
BENCHMARK(archive_write)->ArgNames({ "threads", "MiB" })->ArgsProduct({ { 1, 2 }, { 256 } })->UseRealTime()->Unit(benchmark::kMillisecond);

// range(0): 0 reads it front to back, 1 verifies it, 2 reads 200 bytes at random places (as `why` does), with open and close.
void archive_read(benchmark::State &state)
{
    const std::string archive = folder + "/archive";
    std::vector<uint8_t> buffer(1 << 20);
    struct clr_input input;
    struct clr_archive *opened = nullptr;
    uint64_t seed = 1, bytes = 0;
    size_t got = 0;

    scan_or_exit(packed_file(0, (size_t)state.range(1)), 2, &input);
    if (clr_archive_write(archive.c_str(), key, &input, 2, false, nullptr) != CLR_OK) std::exit(1);
    for (auto _ : state) {
        enum clr_status status = clr_archive_open(archive.c_str(), key, input.received, &opened, nullptr);

        if (status == CLR_OK && state.range(0) == 2) {
            status = clr_archive_read(opened, next_random(&seed) % input.content_size, buffer.data(), 200, &got, nullptr);
            bytes += got;
        } else if (status == CLR_OK && state.range(0) == 1) {
            status = clr_archive_verify(opened, nullptr);
            bytes += input.content_size;
        } else {
            for (uint64_t at = 0; status == CLR_OK && at < input.content_size; at += got, bytes += got) {
                status = clr_archive_read(opened, at, buffer.data(), buffer.size(), &got, nullptr);
            }
        }
        if (status != CLR_OK) std::exit(1);
        clr_archive_close(opened);
    }
    state.SetBytesProcessed((int64_t)bytes);
    if (clr_archive_remove(archive.c_str(), input.received) != CLR_OK) std::exit(1);
    clr_input_free(&input);
}
BENCHMARK(archive_read)->ArgNames({ "how", "MiB" })->ArgsProduct({ { 0, 1, 2 }, { 256 } })->UseRealTime()->Unit(benchmark::kMillisecond);

// The files live as long as the program.
struct scratch {
    scratch()
    {
        const char *base = std::getenv("TMPDIR");
        folder = std::string(base != nullptr ? base : "/tmp") + "/clear-bench-XXXXXX";
        if (mkdtemp(folder.data()) == nullptr) std::exit(1);
    }
    ~scratch()
    {
        for (const char *name : { "lines", "lines.gz", "lines.zst" }) unlink((folder + "/" + name).c_str());
        rmdir((folder + "/archive").c_str());
        rmdir(folder.c_str());
    }
} scratch_instance;

}  // namespace
