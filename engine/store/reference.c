#include "store/reference.h"

#include <stdlib.h>

#define DIGEST_PREFIX_MIN 8

/* ---- the files ---- */

static void hex_of(const uint8_t digest[CLR_DIGEST_SIZE], char text[2 * CLR_DIGEST_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < CLR_DIGEST_SIZE; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[2 * CLR_DIGEST_SIZE] = '\0';
}

static enum clr_status add_file(struct clr_references *references, const struct clr_file *file)
{
    if (references->count == references->capacity) {
        const size_t capacity = references->capacity * 2 + 64;
        struct clr_reference_file *const grown = realloc(references->file, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        references->file = grown;
        references->capacity = capacity;
    }
    struct clr_reference_file *const to = &references->file[references->count++];
    *to = (struct clr_reference_file){ .admission = file->admission, .sender = strdup(file->sender), .file_id = strdup(file->file_id),
                                       .name = strdup(file->name) };
    hex_of(file->received, to->received);
    hex_of(file->content, to->content);
    return to->sender != NULL && to->file_id != NULL && to->name != NULL ? CLR_OK : CLR_FULL;
}

static enum clr_status load_files(struct clr_tx *tx, struct clr_references *out, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_file, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_file file;
        status = clr_file_unpack(key, value, &file);
        if (status != CLR_OK) break;
        status = add_file(out, &file);
        clr_file_free(&file);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

#define BY(field)                                                                                                             \
    static int by_##field(const void *a, const void *b)                                                                       \
    {                                                                                                                         \
        const struct clr_reference_file *const x = *(struct clr_reference_file *const *)a;                                    \
        const struct clr_reference_file *const y = *(struct clr_reference_file *const *)b;                                    \
        const int order = strcmp(x->sender, y->sender);                                                                       \
        return order != 0 ? order : strcmp(x->field, y->field);                                                               \
    }
BY(file_id)
BY(name)
BY(received)
BY(content)
#undef BY

static struct clr_reference_file **sorted(const struct clr_references *references, int (*order)(const void *, const void *))
{
    struct clr_reference_file **const list = malloc((references->count + 1) * sizeof *list);
    if (list == NULL) return NULL;
    for (size_t i = 0; i < references->count; i++) list[i] = &references->file[i];
    if (references->count > 1) qsort(list, references->count, sizeof *list, order);
    return list;
}

enum clr_status clr_references_load(struct clr_tx *tx, const struct clr_file *own, struct clr_references *out, struct clr_fault *fault)
{
    bool own_is_in = false;
    memset(out, 0, sizeof *out);
    CLR_TRY(load_files(tx, out, fault));
    for (size_t i = 0; own != NULL && i < out->count; i++) own_is_in |= out->file[i].admission == own->admission;
    if (own != NULL && !own_is_in) CLR_TRY(add_file(out, own));
    out->by_id = sorted(out, by_file_id);
    out->by_name = sorted(out, by_name);
    out->by_received = sorted(out, by_received);
    out->by_content = sorted(out, by_content);
    out->loaded = out->by_id != NULL && out->by_name != NULL && out->by_received != NULL && out->by_content != NULL;
    return out->loaded ? CLR_OK : CLR_FULL;
}

void clr_references_free(struct clr_references *references)
{
    for (size_t i = 0; i < references->count; i++) {
        free(references->file[i].sender);
        free(references->file[i].file_id);
        free(references->file[i].name);
    }
    free(references->file);
    free(references->by_id);
    free(references->by_name);
    free(references->by_received);
    free(references->by_content);
    memset(references, 0, sizeof *references);
}

/* ---- the text ---- */

enum which { FILE_ID, NAME, RECEIVED, CONTENT };

static const char *text_of(const struct clr_reference_file *file, enum which which)
{
    switch (which) {
    case FILE_ID: return file->file_id;
    case NAME: return file->name;
    case RECEIVED: return file->received;
    default: return file->content;
    }
}

/** Order of (sender, text) of a file against those asked for; a digest need only begin so. */
static int compare(const struct clr_reference_file *file, enum which which, struct clr_bytes sender, struct clr_bytes text)
{
    const struct clr_bytes have[2] = { clr_bytes_text(file->sender), clr_bytes_text(text_of(file, which)) }, want[2] = { sender, text };
    for (unsigned i = 0; i < 2; i++) {
        const size_t size = have[i].size < want[i].size ? have[i].size : want[i].size;
        const int order = size == 0 ? 0 : memcmp(have[i].data, want[i].data, size);
        if (order != 0) return order;
        if (i == 1 && which >= RECEIVED && have[i].size >= want[i].size) return 0;
        if (have[i].size != want[i].size) return have[i].size < want[i].size ? -1 : 1;
    }
    return 0;
}

/** Files that fit, and the first of them. */
static size_t fitting(const struct clr_references *references, struct clr_reference_file *const *list, enum which which,
                      struct clr_bytes sender, struct clr_bytes text, uint32_t *admission)
{
    size_t low = 0, high = references->count, count = 0;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (compare(list[middle], which, sender, text) < 0) low = middle + 1;
        else high = middle;
    }
    /* Two are as bad as a thousand of one name. */
    for (; low < references->count && count < 2 && compare(list[low], which, sender, text) == 0; low++) {
        if (references->through != 0 && list[low]->admission > references->through) continue;
        if (count == 0 || list[low]->admission != *admission) count++;
        *admission = list[low]->admission;
    }
    return count;
}

/** Admission of the one file that is meant, 0 when it is none or not clear which. */
static uint32_t find_file(const struct clr_references *references, struct clr_bytes sender, struct clr_bytes text)
{
    uint32_t admission = 0, other = 0;
    if (text.size == 0) return 0;
    size_t count = fitting(references, references->by_id, FILE_ID, sender, text, &admission);
    if (count == 0) count = fitting(references, references->by_name, NAME, sender, text, &admission);
    if (count > 0) return count == 1 ? admission : 0;
    if (text.size < DIGEST_PREFIX_MIN) return 0;
    count = fitting(references, references->by_received, RECEIVED, sender, text, &admission);
    const size_t more = fitting(references, references->by_content, CONTENT, sender, text, &other);
    if (count == 0) admission = other;
    return count <= 1 && more <= 1 && (count == 0 || more == 0 || admission == other) ? admission : 0;
}

static uint64_t number_of(struct clr_bytes text)
{
    uint64_t number = 0;
    if (text.size == 0) return 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || number > CLR_RECORD_NUMBER_MAX / 10) return 0;
        number = number * 10 + (uint64_t)(text.data[i] - '0');
    }
    return number <= CLR_RECORD_NUMBER_MAX ? number : 0;
}

bool clr_reference_needs_files(const char *text) { return clr_record_id_parse(clr_bytes_text(text)) == 0; }

clr_record_id clr_reference_find(const struct clr_references *references, const char *text)
{
    const clr_record_id id = clr_record_id_parse(clr_bytes_text(text));
    if (id != 0 || references == NULL) return id;
    const char *const first = strchr(text, '/'), *const last = strrchr(text, '/');
    if (first == NULL || first == last) return 0;
    const uint64_t number = number_of(clr_bytes_text(last + 1));
    const uint32_t admission = number == 0 ? 0
                                           : find_file(references, clr_bytes_of(text, (size_t)(first - text)),
                                                       clr_bytes_of(first + 1, (size_t)(last - first - 1)));
    return admission == 0 ? 0 : clr_record_id_of(admission, number);
}
