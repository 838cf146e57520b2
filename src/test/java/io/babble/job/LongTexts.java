package io.babble.job;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.Sample;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Texts that take a service long enough to be stopped in the middle of all of them. */
final class LongTexts {
    /** Of the service: a model that takes its time. */
    static final String[] SLOW = {"model.hidden", "256", "window.lanes", "3", "window.steps", "16"};

    private static final int LENGTH = 40_000;
    private static final int TEXTS = 4;

    private final Service service;
    private final int length;
    private final List<String> ids;
    private Map<String, Long> lengths = Map.of();

    private LongTexts(Service service, int length, List<String> ids) {
        this.service = service;
        this.length = length;
        this.ids = ids;
    }

    /** Where no text has ended yet, the most likely symbol is never the end. */
    static LongTexts askedFor(Service service, String name) {
        return askedFor(service, LENGTH, name);
    }

    /** Of the most characters there can be: whose end nobody waits for. */
    static LongTexts longestAskedFor(Service service, String name) {
        return askedFor(service, Prompt.MAX_LENGTH, name);
    }

    private static LongTexts askedFor(Service service, int length, String name) {
        List<String> ids =
                IntStream.range(0, TEXTS).mapToObj(i -> name + " " + i).toList();
        ids.forEach(id -> service.ask(new Prompt(id, "", length, 0, 0, 1, 5, null, Origin.PROMPT)));
        return new LongTexts(service, length, ids);
    }

    /** Waits until each is longer than it was when it was last noted. */
    void awaitMore() {
        service.await("more of each text", this::haveMore);
    }

    /** Whether each is longer than it was when it was last noted. */
    boolean haveMore() {
        return lengths().entrySet().stream()
                .allMatch(text -> text.getValue() > lengths.getOrDefault(text.getKey(), 0L));
    }

    /** Takes note of how far they are. */
    void assertUnfinished() {
        lengths = lengths();
        assertThat(lengths.values()).as("lengths").allMatch(written -> written < length);
    }

    void awaitAll() {
        service.await("every text's end", () -> ids.stream()
                .allMatch(id -> service.written(id).isDone()));
    }

    /** Nothing is missing for a reader who cuts repeats, and each ends once. */
    void assertComplete() {
        for (String id : ids) {
            Written written = service.written(id);
            assertThat(written.length()).isEqualTo(length);
            assertThat(written.pieces().stream().filter(Sample::done)).as(id).hasSize(1);
        }
    }

    /** Every piece came once, one behind the other. */
    void assertWithoutRepeats() {
        for (String id : ids) {
            long sequence = 0;
            long offset = 0;
            for (Sample piece : service.written(id).pieces()) {
                assertThat(piece.sequence()).as(id).isEqualTo(sequence++);
                assertThat(piece.offset()).as(id).isEqualTo(offset);
                offset += piece.text().codePoints().count();
            }
        }
    }

    private Map<String, Long> lengths() {
        Map<String, List<Sample>> samples = service.samples().stream().collect(groupingBy(Sample::id));
        return ids.stream().collect(toMap(id -> id, id -> new Written(samples.getOrDefault(id, List.of())).length()));
    }
}
