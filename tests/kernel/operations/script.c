// SPDX-License-Identifier: Apache-2.0
// The script: lines of words. A word starts with what it is: `i-5` a number, `sdir/a%0a` a string
// with escaped bytes, `$2` a result kept before, `w1,2` 64-bit words in memory, `b0` a buffer,
// `p` the own process. Everything is split and unescaped once, before the first operation.

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "operate.h"

enum {
	BUFFERS_MAX = 4,
	BUFFER_BYTES = 512,
	/* What name_to_handle_at is told to have room for, in the first word of a buffer. */
	HANDLE_BYTES = 128,
	MEMORY_WORDS_MAX = 256,
};

static char text[SCRIPT_BYTES_MAX];
static char *words[WORDS_MAX];
static struct line lines[LINES_MAX];
static int word_count, line_count;
static long slots[SLOTS_MAX];
static uint32_t buffers[BUFFERS_MAX][BUFFER_BYTES / sizeof(uint32_t)];
static uint64_t memory[MEMORY_WORDS_MAX];
static int memory_used;

static int hexadecimal(char digit)
{
	return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

static void unescape(char *word)
{
	char *to = word;

	for (char *from = word; *from; from++) {
		if (*from == '%') {
			*to++ = (char)(hexadecimal(from[1]) << 4 | hexadecimal(from[2]));
			from += 2;
		} else {
			*to++ = *from;
		}
	}
	*to = 0;
}

static void line_split(char *start)
{
	struct line *line = &lines[line_count];
	char *rest = start;

	if (line_count == LINES_MAX)
		fail("too many lines");
	line->words = &words[word_count];
	line->index = line_count++;
	for (char *word = strtok_r(start, " ", &rest); word; word = strtok_r(0, " ", &rest)) {
		if (word_count == WORDS_MAX - 1)
			fail("too many words");
		unescape(word);
		words[word_count++] = word;
		line->count++;
	}
	/* A null pointer ends the arguments of an exec. */
	words[word_count++] = 0;
}

void script_read(void)
{
	size_t length = 0;
	ssize_t count;
	char *rest = text;

	while ((count = read(0, text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)count;
	if (count < 0 || length == sizeof(text) - 1)
		fail("script does not fit");
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(0, "\n", &rest))
		line_split(line);
}

int script_line_count(void)
{
	return line_count;
}

struct line *script_line(int index)
{
	return &lines[index];
}

static bool opens_block(const struct line *line)
{
	return !strcmp(line->words[0], "fork") || !strcmp(line->words[0], "thread");
}

int script_block_end(int index)
{
	int depth = 0;

	if (!opens_block(&lines[index]))
		return index;
	for (; index < line_count; index++) {
		if (opens_block(&lines[index]))
			depth++;
		else if (!strcmp(lines[index].words[0], "end") && --depth == 0)
			return index;
	}
	fail("a block does not end");
}

long script_number(const char *word)
{
	return strtol(word, 0, 0);
}

static long memory_words(char *word)
{
	long address = (long)&memory[memory_used];
	char *rest = word;

	for (char *number = strtok_r(word, ",", &rest); number; number = strtok_r(0, ",", &rest)) {
		if (memory_used == MEMORY_WORDS_MAX)
			fail("too many words in memory");
		memory[memory_used++] = strtoull(number, 0, 0);
	}
	return address;
}

long script_value(const struct context *context, char *word)
{
	long number = script_number(word + 1);

	switch (word[0]) {
	case 'i':
		return number;
	case 's':
		return (long)(word + 1);
	case '$':
		return slots[number];
	case 'w':
		return memory_words(word + 1);
	case 'b':
		buffers[number][0] = buffers[number][0] ? buffers[number][0] : HANDLE_BYTES;
		return (long)buffers[number];
	case 'p':
		return context->pid;
	default:
		fail(word);
	}
}

void script_keep(const char *word, long value)
{
	slots[script_number(word + 1)] = value;
}
