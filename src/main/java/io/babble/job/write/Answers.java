package io.babble.job.write;

import io.babble.job.state.Answer;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;

/**
 * The answers in keyed state, by prompt id: up to a number of them are active, a batch that is written together; the
 * others wait, in order of arrival.
 */
final class Answers {
    private final KeyedStateBackend<String> keys;
    private final ValueState<Answer> state;
    private final int maxActive;
    private final int maxWaiting;
    private final Queue<String> waiting = new ArrayDeque<>();
    private final List<String> active = new ArrayList<>();
    private long nextTurn;

    /** What became of a prompt. */
    enum Admission {
        ACCEPTED,
        /** Its id is still being answered. */
        REPEATED,
        /** Too many wait. */
        BUSY
    }

    Answers(KeyedStateBackend<String> keys, ValueState<Answer> state, int maxActive, int maxWaiting) {
        this.keys = keys;
        this.state = state;
        this.maxActive = maxActive;
        this.maxWaiting = maxWaiting;
    }

    /** Lets all restored answers wait, in order of their arrival. */
    void restore(ValueStateDescriptor<Answer> descriptor) throws Exception {
        record Restored(String id, long turn) {}
        List<Restored> restored = new ArrayList<>();
        keys.applyToAllKeys(
                VoidNamespace.INSTANCE,
                VoidNamespaceSerializer.INSTANCE,
                descriptor,
                (String id, ValueState<Answer> answer) ->
                        restored.add(new Restored(id, answer.value().turn())));
        restored.sort(Comparator.comparingLong(Restored::turn).thenComparing(Restored::id));
        for (Restored answer : restored) {
            waiting.add(answer.id());
            nextTurn = answer.turn() + 1;
        }
    }

    /**
     * Lets a prompt wait for its answer, if it can. The current key is its id. Of the prompts that nobody asked for at
     * most one waits, so that people's prompts wait behind at most one of them.
     */
    Admission admit(Prompt prompt) throws IOException {
        if (isOpen()) {
            return Admission.REPEATED;
        }
        if (waiting.size() >= (prompt.origin() == Origin.PROMPT ? maxWaiting : 1)) {
            return Admission.BUSY;
        }
        state.update(Answer.to(prompt, nextTurn++));
        waiting.add(prompt.id());
        return Admission.ACCEPTED;
    }

    /** Whether the current key is the id of an answer that waits or is written. */
    boolean isOpen() throws IOException {
        return state.value() != null;
    }

    /** Removes the answer under the current key, which is {@code id}; returns it, if there is one. */
    Optional<Answer> remove(String id) throws IOException {
        Optional<Answer> answer = Optional.ofNullable(state.value());
        if (answer.isPresent()) {
            state.clear();
            if (!active.remove(id)) {
                waiting.remove(id);
            }
        }
        return answer;
    }

    /** Moves waiting answers into free places of the batch. */
    void activate() {
        while (active.size() < maxActive && !waiting.isEmpty()) {
            active.add(waiting.remove());
        }
    }

    /** Texts in progress. */
    int active() {
        return active.size();
    }

    int waiting() {
        return waiting.size();
    }

    /** So many active answers, by id; others come first the next time. */
    Map<String, Answer> nextActive(int count) throws IOException {
        List<String> ids = List.copyOf(active.subList(0, count));
        Collections.rotate(active, -count);
        return load(ids);
    }

    /** All active answers, by id. */
    Map<String, Answer> allActive() throws IOException {
        return load(List.copyOf(active));
    }

    private Map<String, Answer> load(List<String> ids) throws IOException {
        Map<String, Answer> batch = new LinkedHashMap<>();
        for (String id : ids) {
            keys.setCurrentKey(id);
            batch.put(id, state.value());
        }
        return batch;
    }

    /** Stores an answer that has changed, or removes it when it is done. */
    void store(String id, Answer answer) throws IOException {
        keys.setCurrentKey(id);
        if (answer.text().isDone()) {
            state.clear();
            active.remove(id);
        } else {
            state.update(answer);
        }
    }
}
