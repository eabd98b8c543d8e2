#include "query/naming.h"

#include <stdio.h>

#define DIGEST_PREFIX_MIN 8
#define LISTED_MAX 5

/** How well a text names a file: the smaller, the better; 0 not at all. */
enum fit { FIT_NONE, FIT_NAME, FIT_BASE_NAME, FIT_FILE_ID, FIT_DIGEST };

static uint64_t number_of(struct clr_bytes text)
{
    uint64_t number = 0;
    if (text.size == 0 || text.size > 12) return 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return 0;
        number = number * 10 + (uint64_t)(text.data[i] - '0');
    }
    return number;
}

static bool hex_begins(const uint8_t digest[CLR_DIGEST_SIZE], struct clr_bytes text)
{
    if (text.size < DIGEST_PREFIX_MIN || text.size > 2 * CLR_DIGEST_SIZE) return false;
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t nibble = i % 2 == 0 ? digest[i / 2] >> 4 : digest[i / 2] & 15, letter = text.data[i];
        const bool digit = letter >= '0' && letter <= '9', lower = letter >= 'a' && letter <= 'f', upper = letter >= 'A' && letter <= 'F';
        if (!digit && !lower && !upper) return false;
        if (nibble != (digit ? letter - '0' : (letter | 0x20) - 'a' + 10)) return false;
    }
    return true;
}

static struct clr_bytes base_of(struct clr_bytes text)
{
    for (size_t i = text.size; i > 0; i--)
        if (text.data[i - 1] == '/') return clr_bytes_of(text.data + i, text.size - i);
    return text;
}

static struct clr_bytes unpacked_of(struct clr_bytes name)
{
    if (name.size > 3 && memcmp(name.data + name.size - 3, ".gz", 3) == 0)
        name.size -= 3;
    else if (name.size > 4 && memcmp(name.data + name.size - 4, ".zst", 4) == 0)
        name.size -= 4;
    return name;
}

static enum fit fit_of(const struct clr_file *file, struct clr_bytes text)
{
    const struct clr_bytes name = clr_bytes_text(file->name), base = base_of(text);
    if (clr_bytes_equal(name, text)) return FIT_NAME;
    if (clr_bytes_equal(name, base) || clr_bytes_equal(name, unpacked_of(base))) return FIT_BASE_NAME;
    if (file->file_id[0] != '\0' && clr_bytes_equal(clr_bytes_text(file->file_id), text)) return FIT_FILE_ID;
    return hex_begins(file->received, text) || hex_begins(file->content, text) ? FIT_DIGEST : FIT_NONE;
}

/** What fits best so far: how many files do, and the first few of them for the message. */
struct best {
    enum fit fit;
    uint64_t count;
    uint32_t admission;
    char listed[96];
};

static void offer(struct best *best, enum fit fit, uint32_t admission)
{
    if (fit == FIT_NONE || (best->fit != FIT_NONE && fit > best->fit)) return;
    if (best->fit == FIT_NONE || fit < best->fit) *best = (struct best){ .fit = fit };
    const size_t used = strlen(best->listed);
    if (best->count < LISTED_MAX)
        snprintf(best->listed + used, sizeof best->listed - used, "%sr%u", used > 0 ? ", " : "", admission);
    else if (best->count == LISTED_MAX)
        snprintf(best->listed + used, sizeof best->listed - used, ", …");
    best->count++;
    best->admission = admission;
}

static enum clr_status search(struct clr_tx *tx, struct clr_bytes text, struct best *best, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;

    CLR_TRY(clr_scan_open(tx, CLR_TABLE_file, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_file file;
        status = clr_file_unpack(key, value, &file);
        if (status != CLR_OK) break;
        offer(best, fit_of(&file, text), file.admission);
        clr_file_free(&file);
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status unknown(struct clr_bytes text, struct clr_fault *fault)
{
    const int size = text.size > 96 ? 96 : (int)text.size;
    return clr_fault_say(
        fault, CLR_NOT_FOUND,
        "no file \"%.*s\" is in the store; give its name, file id, r and its number, or 8 or more digits of its digest (`clear status` lists the files)",
        "存储中没有文件“%.*s”；可用文件名、文件标识、r加受理号，或摘要的前8位以上指明（`clear status` 列出全部文件）", size,
        (const char *)text.data);
}

enum clr_status clr_file_named(struct clr_tx *tx, struct clr_bytes text, struct clr_file *out, struct clr_fault *fault)
{
    struct best best = { .fit = FIT_NONE };
    const bool marked = text.size > 1 && (text.data[0] == 'r' || text.data[0] == 'R');
    const uint64_t number = number_of(marked ? clr_bytes_of(text.data + 1, text.size - 1) : text);

    memset(out, 0, sizeof *out);
    if (number > 0 && number <= CLR_ADMISSION_MAX) {
        const enum clr_status status = clr_file_get(tx, (uint32_t)number, out, fault);
        if (status != CLR_NOT_FOUND) return status;
    }
    if (text.size > 0) CLR_TRY(search(tx, text, &best, fault));
    if (best.count == 0) return unknown(text, fault);
    if (best.count > 1)
        return clr_fault_say(fault, CLR_NOT_FOUND, "%llu files fit \"%.*s\": %s; name one by its number",
                             "有 %llu 个文件符合“%.*s”：%s；请用受理号指明其一", (unsigned long long)best.count,
                             text.size > 96 ? 96 : (int)text.size, (const char *)text.data, best.listed);
    return clr_file_get(tx, best.admission, out, fault);
}
