"""Sentences made of references to published cells, so that word and figure cannot disagree."""

from piperoll.release.sentences.cells import Tables
from piperoll.release.sentences.check import check_sentences
from piperoll.release.sentences.refer import Referee
from piperoll.release.sentences.tell import FILE, Sentence, Teller
from piperoll.release.sentences.variation import METHOD


__all__ = ["FILE", "METHOD", "Referee", "Sentence", "Tables", "Teller", "check_sentences"]
