/*
 * Learns from papers as a list of the program does, and scores them: what the measurement beside
 * scikit-learn runs. Usage: learn_likes FILE, a paper a line: 1, 0 or -1 (liked, other, disliked),
 * a TAB, its text. Prints the score of each, by the features that scikit-learn has; or of the
 * papers in another file, with ours: learn_likes FILE OTHERS.
 */
#include "digest/liked.h"

#include <stdio.h>
#include <stdlib.h>

static enum liked_label
label_of(const char *line)
{
	if (line[0] == '1')
		return LIKED_LIKE;
	return line[0] == '-' ? LIKED_DISLIKE : LIKED_OTHER;
}

/* The next line as an entry that has nothing but an abstract. */
static bool
next_entry(FILE *file, char **line, size_t *room, struct entry *entry)
{
	ssize_t len = getline(line, room, file);
	struct str label, text = { *line, len > 0 ? (size_t)len : 0 };

	entry_init(entry);
	if (!str_next(&text, '\t', &label))
		return false;
	entry->abstract = text;
	return true;
}

int
main(int argc, char **argv)
{
	FILE *file = argc == 2 || argc == 3 ? fopen(argv[1], "r") : NULL;
	FILE *scored = argc == 3 ? fopen(argv[2], "r") : file;
	double part_most = argc == 3 ? LIKED_PART_MOST : LIKED_PART_MOST_SANITY;
	struct liked_corpus *corpus = liked_corpus_new();
	struct arena *arena = arena_new();
	struct liked_model *model = NULL;
	struct err err = ERR_NONE;
	struct entry entry;
	struct str words;
	char *line = NULL;
	size_t room = 0;

	if (file == NULL || scored == NULL) {
		fprintf(stderr, "usage: learn_likes FILE [OTHERS]\n");
		return EX_USAGE;
	}
	while (next_entry(file, &line, &room, &entry))
		liked_corpus_add(corpus, &entry, label_of(line));
	if (liked_train(&model, corpus, part_most, &err) < 0) {
		fprintf(stderr, "learn_likes: %s\n", err.text);
		return err.code;
	}
	rewind(scored);
	while (next_entry(scored, &line, &room, &entry)) {
		double score = liked_score(model, &entry, arena, &words);
		printf("%.9f\t%.*s\n", score, STR_ARG(words));
		arena_reset(arena);
	}
	liked_model_free(model);
	arena_free(arena);
	free(line);
	if (scored != file)
		fclose(scored);
	fclose(file);
	return 0;
}
