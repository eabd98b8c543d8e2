/* quick_input.c: see quick_input.h. */
#include "scratch.h"

#include "quick_input.h"

size_t quick_line_end(struct clr_bytes bytes, size_t at)
{
    while (at < bytes.size && bytes.data[at] != '\n') at++;
    return at < bytes.size ? at + 1 : at;
}

void quick_input_take(struct quick_input *input, struct clr_bytes bytes, uint64_t *random)
{
    size_t from = quick_line_end(bytes, 0);

    input->head_size = from < sizeof input->head ? from : sizeof input->head;
    memcpy(input->head, bytes.data, input->head_size);
    if (bytes.size > from + 4000) from = quick_line_end(bytes, from + scratch_random(random) % (bytes.size - from - 3000));
    size_t to = from;
    for (uint64_t lines = 1 + scratch_random(random) % 24; lines > 0 && to < bytes.size && to - from < QUICK_BLOCK_MAX / 4; lines--) {
        to = quick_line_end(bytes, to);
    }
    input->size = to - from < QUICK_BLOCK_MAX / 2 ? to - from : QUICK_BLOCK_MAX / 2;
    memcpy(input->block, bytes.data + from, input->size);
}

/* Put `what` before, or instead of, every LF, so far as there is room. */
static size_t change_line_ends(uint8_t *text, size_t size, size_t room, const char *what)
{
    static uint8_t copy[QUICK_BLOCK_MAX];
    const size_t length = strlen(what);
    size_t to = 0;

    memcpy(copy, text, size);
    for (size_t i = 0; i < size && to + length < room; i++) {
        if (copy[i] != '\n') text[to++] = copy[i];
        else { memcpy(text + to, what, length); to += length; }
    }
    return to;
}

/* Quotes around every column that has none. */
static size_t quote_all(uint8_t *text, size_t size, size_t room)
{
    static uint8_t copy[QUICK_BLOCK_MAX];
    size_t to = 0;

    memcpy(copy, text, size);
    for (size_t i = 0, from = 0; i < size && to + (i - from) + 4 < room; i++) {
        if (copy[i] != ',' && copy[i] != '\n') continue;
        const bool bare = i == from || copy[from] != '"';
        if (bare) text[to++] = '"';
        memcpy(text + to, copy + from, i - from);
        to += i - from;
        if (bare) text[to++] = '"';
        text[to++] = copy[i];
        from = i + 1;
    }
    return to;
}

void quick_input_habits(struct quick_input *input, const struct clr_codec *codec, uint64_t *random)
{
    static const char *const ends[] = { "\r\n", "\n\r", "\r\r\n", "\n\n", "\r\n\r\n" };
    const bool csv = codec->format == CLR_FORMAT_SZT_CSV || codec->format == CLR_FORMAT_MOVES;

    if (csv && scratch_random(random) % 6 == 0) input->size = quote_all(input->block, input->size, sizeof input->block);
    if (scratch_random(random) % 4 == 0) {
        const uint64_t drawn = scratch_random(random) % 10;
        const char *const end = ends[drawn < 5 ? 0 : drawn - 5];
        input->size = change_line_ends(input->block, input->size, sizeof input->block, end);
        if (scratch_random(random) % 8 != 0) input->head_size = change_line_ends(input->head, input->head_size, sizeof input->head, end);
    }
}

static uint8_t interesting(uint64_t *random)
{
    static const uint8_t bytes[] = "\n\r\n\r\",\"\",  00199AFafJKZ@.-:/T+\t\x7f\x80\xbf\xc2\xe0\xe4\xed\xef\xf0\xff";
    const uint64_t drawn = scratch_random(random);

    return drawn % 4 == 0 ? (uint8_t)(drawn >> 8) : bytes[(drawn >> 8) % sizeof bytes];   /* the ending NUL is one of them */
}

void quick_input_damage(struct quick_input *input, uint64_t *random)
{
    for (uint64_t changes = scratch_random(random) % 5; changes > 0 && input->size > 0; changes--) {
        const size_t at = scratch_random(random) % input->size, other = scratch_random(random) % input->size;
        switch (scratch_random(random) % 8) {
        case 0:
        case 1:
            input->block[at] = interesting(random);
            break;
        case 2:
            input->block[at] ^= (uint8_t)(1u << scratch_random(random) % 8);
            break;
        case 3:
            if (input->size == QUICK_BLOCK_MAX) break;
            memmove(input->block + at + 1, input->block + at, input->size - at);
            input->block[at] = interesting(random);
            input->size++;
            break;
        case 4:
            memmove(input->block + at, input->block + at + 1, input->size - at - 1);
            input->size--;
            break;
        case 5:
            if (at % 2 == 0) input->block[at] = input->block[other];
            else input->block[at] += other % 2 == 0 ? 1 : 255;            /* just outside of a range */
            break;
        case 6: {
            const size_t most = input->size - (at > other ? at : other), drawn = scratch_random(random) % 24;
            memmove(input->block + at, input->block + other, drawn < most ? drawn : most);
            break;
        }
        default:
            if (scratch_random(random) % 8 == 0) input->size = at;
        }
    }
}
