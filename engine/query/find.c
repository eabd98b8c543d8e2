/* find.c: the record that a person means. See clr.h. */
#include <stdlib.h>

#include "query/naming.h"
#include "store/store.h"

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

/** "r7" stands for the file and the rest for the number, in either form. */
static bool split(const char *text, struct clr_bytes *file, uint64_t *number)
{
    const clr_record_id id = clr_record_id_parse(clr_bytes_text(text));
    const char *const colon = strrchr(text, ':');
    if (id != 0) {
        *file = clr_bytes_of(text, (size_t)(strchr(text, '-') - text));
        *number = clr_record_id_number(id);
        return true;
    }
    if (colon == NULL || colon == text) return false;
    *file = clr_bytes_of(text, (size_t)(colon - text));
    *number = number_of(clr_bytes_text(colon + 1));
    return *number != 0;
}

static enum clr_status find(struct clr_tx *tx, const char *text, clr_record_id *out, struct clr_fault *fault)
{
    struct clr_bytes name;
    struct clr_file file;
    uint64_t number;

    if (!split(text, &name, &number))
        return clr_fault_say(fault, CLR_NOT_FOUND, "\"%.96s\" names no record: write FILE:NUMBER (from 1), or a record id like r7-123",
                             "“%.96s”不是记录：请写 文件:序号（从1起），或 r7-123 这样的记录号", text);
    CLR_TRY(clr_file_named(tx, name, &file, fault));
    enum clr_status status = CLR_OK;
    if (number > file.first.records)
        status = clr_fault_say(fault, CLR_NOT_FOUND, "file %s (r%u) has %llu records; there is no number %llu",
                               "文件 %s（r%u）共有 %llu 条记录，没有第 %llu 条", file.name, file.admission,
                               (unsigned long long)file.first.records, (unsigned long long)number);
    else
        *out = clr_record_id_of(file.admission, number);
    clr_file_free(&file);
    return status;
}

enum clr_status clr_record_find(struct clr_store *store, const char *text, clr_record_id *out, struct clr_fault *fault)
{
    struct clr_tx tx;
    *out = 0;
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    const enum clr_status status = find(&tx, text, out, fault);
    clr_tx_abort(&tx);
    return status;
}
