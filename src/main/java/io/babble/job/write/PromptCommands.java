package io.babble.job.write;

import io.babble.metrics.WriterMeters;
import io.babble.records.DeadLetter;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.PromptCommand;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Carries out what comes from the prompts topic and the learner. An id of a text in progress gets no answer of another
 * kind, which a reader would take for the end of the text.
 */
final class PromptCommands {
    private final Answers answers;
    private final SampleSender samples;
    private final WriterMeters meters;
    private final Consumer<DeadLetter> deadLetters;

    PromptCommands(Answers answers, SampleSender samples, WriterMeters meters, Consumer<DeadLetter> deadLetters) {
        this.answers = answers;
        this.samples = samples;
        this.meters = meters;
        this.deadLetters = deadLetters;
    }

    /** Carries out a command, whose id is the current key. */
    void execute(PromptCommand command) throws IOException {
        switch (command.kind()) {
            case ANSWER -> answer(command.prompt(), command.deadLetter());
            case REFUSE -> refuse(command.id(), command.deadLetter());
            case CANCEL ->
                answers.remove(command.id()).ifPresent(answer -> samples.sendCancelled(command.id(), answer));
        }
    }

    private void answer(Prompt prompt, DeadLetter ifRepeated) throws IOException {
        Answers.Admission admission = answers.admit(prompt);
        if (prompt.origin() == Origin.PERIODIC) {
            return; // nobody waits for it
        }
        if (admission == Answers.Admission.REPEATED) {
            meters.addRefused();
            deadLetters.accept(ifRepeated);
        } else if (admission == Answers.Admission.BUSY) {
            meters.addRefused();
            samples.sendRefusal(prompt.id(), "Busy: " + answers.waiting() + " prompts are waiting; ask again later");
        }
    }

    private void refuse(String id, DeadLetter refused) throws IOException {
        meters.addRefused();
        if (answers.isOpen()) {
            String error = PromptCommand.inUse(id) + "; and " + refused.error();
            deadLetters.accept(new DeadLetter(
                    refused.key(), refused.value(), error, refused.topic(), refused.partition(), refused.offset()));
        } else {
            samples.sendRefusal(id, refused.error());
        }
    }
}
