/*
 * bench_jsetc.cc: how fast messages of the Jiangsu ETC interface become records, beside what expat alone needs for the same bytes.
 *
 * One thread; one package of 10 MB in memory, made here. `expat` parses and calls nothing, `handlers` calls empty handlers of elements and text,
 * `decode` is the codec: every field read, checked, compared with its twin. Items are records, bytes are of the message.
 */
#include <benchmark/benchmark.h>

#include <cstdlib>

#include <expat.h>

extern "C" {
#include "../codecs/codecs.h"
#include "jsetc_package.h"
}

namespace {

constexpr size_t package_bytes = 10 << 20, slice_bytes = 65536;

struct package {
    char *data = nullptr;
    size_t size = 0, records = 0;

    package() { data = jsetc_package_make(package_bytes, &size, &records); }
    ~package() { free(data); }
};

const package &the_package()
{
    static const package made;
    return made;
}

void count(benchmark::State &state)
{
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * the_package().size));
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * the_package().records));
}

uint64_t events;

void on_start(void *, const char *, const char **) { events++; }
void on_end(void *, const char *) { events++; }
void on_text(void *, const char *, int) { events++; }

void parse(benchmark::State &state, bool handlers)
{
    const package &made = the_package();

    for (auto _ : state) {
        XML_Parser parser = XML_ParserCreate("UTF-8");
        if (handlers) {
            XML_SetElementHandler(parser, on_start, on_end);
            XML_SetCharacterDataHandler(parser, on_text);
        }
        for (size_t at = 0; at < made.size; at += slice_bytes) {
            const size_t left = made.size - at, size = left < slice_bytes ? left : slice_bytes;
            if (XML_Parse(parser, made.data + at, static_cast<int>(size), size == left) != XML_STATUS_OK) state.SkipWithError("not XML");
        }
        XML_ParserFree(parser);
    }
    benchmark::DoNotOptimize(events);
    count(state);
}

void expat(benchmark::State &state) { parse(state, false); }
void handlers(benchmark::State &state) { parse(state, true); }

struct seen {
    uint64_t records, reasons;
};

clr_status visit(void *context, const clr_raw *raw, clr_fault *)
{
    seen *const to = static_cast<seen *>(context);

    to->records++;
    to->reasons |= raw->reasons;
    return CLR_OK;
}

void decode(benchmark::State &state)
{
    const package &made = the_package();

    for (auto _ : state) {
        clr_codec_file file = {};
        seen to = { 0, 0 };
        file.codec = &clr_codec_jsetc;
        file.name = "package";
        file.size = made.size;
        file.units_yuan = true;
        clr_status status = clr_codec_jsetc.open(&file, clr_bytes_of(made.data, CLR_HEAD_SIZE), nullptr);
        if (status == CLR_OK) status = clr_codec_jsetc.walk(&file, clr_bytes_of(made.data, made.size), visit, &to, nullptr);
        if (status != CLR_OK || to.records != made.records || to.reasons != 0 || file.finding_count != 0) state.SkipWithError("not read as it should be");
    }
    count(state);
}

BENCHMARK(expat)->Unit(benchmark::kMillisecond);
BENCHMARK(handlers)->Unit(benchmark::kMillisecond);
BENCHMARK(decode)->Unit(benchmark::kMillisecond);

}  // namespace
