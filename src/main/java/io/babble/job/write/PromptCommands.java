package io.babble.job.write;

import io.babble.metrics.WriterMeters;
import io.babble.records.DeadLetter;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.PromptCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Carries out what comes from the prompts topic and the learner. An id of a text in progress gets no answer of another
 * kind, which a reader would take for the end of the text.
 */
final class PromptCommands {
    private final Answers answers;
    private final SampleSender samples;
    private final WriterMeters meters;
    private final String topic;
    private final Consumer<DeadLetter> deadLetters;

    /** @param topic of the prompts */
    PromptCommands(
            Answers answers,
            SampleSender samples,
            WriterMeters meters,
            String topic,
            Consumer<DeadLetter> deadLetters) {
        this.answers = answers;
        this.samples = samples;
        this.meters = meters;
        this.topic = topic;
        this.deadLetters = deadLetters;
    }

    /** Carries out a command, whose id is the current key. */
    void execute(PromptCommand command) throws IOException {
        switch (command.kind()) {
            case ANSWER -> answer(command.prompt());
            case REFUSE -> refuse(command.id(), command.refused());
            case CANCEL ->
                answers.remove(command.id()).ifPresent(answer -> samples.sendCancelled(command.id(), answer));
        }
    }

    private void answer(Prompt prompt) throws IOException {
        Answers.Admission admission = answers.admit(prompt);
        if (admission == Answers.Admission.REPEATED) {
            byte[] id = prompt.id().getBytes(StandardCharsets.UTF_8);
            String error = "The prompt with the id " + prompt.id() + " is still being answered";
            meters.addRefused();
            deadLetters.accept(new DeadLetter(id, prompt.toJson(), error, topic, -1, -1));
        } else if (admission == Answers.Admission.BUSY && prompt.origin() == Origin.PROMPT) {
            // Nobody waits for a periodic one.
            meters.addRefused();
            samples.sendRefusal(prompt.id(), "Busy: " + answers.waiting() + " prompts are waiting; ask again later");
        }
    }

    private void refuse(String id, DeadLetter refused) throws IOException {
        meters.addRefused();
        if (answers.isOpen()) {
            String error = "The prompt with the id " + id + " is still being answered; and " + refused.error();
            deadLetters.accept(new DeadLetter(
                    refused.key(), refused.value(), error, refused.topic(), refused.partition(), refused.offset()));
        } else {
            samples.sendRefusal(id, refused.error());
        }
    }
}
