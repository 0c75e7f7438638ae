"""The words of asking: short, plain, to be read aloud on a phone to somebody who is afraid.

One text for the steps on the screen and for the form on paper, so that both say the same.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.choices import InformationPoint, Scope

Words = dict[str, str | Promise]

# What is said before anybody is asked for anything (HTCDS's seven points and the eighth).
SAY: Words = {
    InformationPoint.INTERVIEW: _(
        "We would like to talk with you. You decide what you tell us. You can stop at any time, "
        "or not answer a question, and nothing bad happens because of it."
    ),
    InformationPoint.PURPOSE: _(
        "We write down what we need to know so that we can help, and so that you need not tell it "
        "again and again."
    ),
    InformationPoint.USE_OF_DATA: _(
        "The people who help you read it. If the police, a court or a service should get it, we "
        "ask you first. We tell you who they are and what they get."
    ),
    InformationPoint.RESEARCH_USE: _(
        "We count how many people we help, without names. If somebody wants to learn more from "
        "what happened to you, also without your name, we ask you first."
    ),
    InformationPoint.RIGHT_TO_REQUEST: _(
        "You can ask to see what we have written about you, at any time. If something is wrong, "
        "we put it right."
    ),
    InformationPoint.STORAGE_TIME: _(
        "We keep it locked, only as long as it is needed and the law asks. Then it is destroyed."
    ),
    InformationPoint.HOW_TO_WITHDRAW: _(
        "You can say yes now and no later. Call us or tell anyone of us. You need not say why. "
        "We go on helping you all the same."
    ),
    InformationPoint.LIMITS_OF_CONFIDENTIALITY: _(
        "There is one thing we cannot keep to ourselves: when a child is being hurt, or somebody "
        "may die, the law makes us tell the social welfare office or the police. We do that even "
        "if you say no. We tell you before, whenever we safely can."
    ),
}

# One question for each scope. Each can be answered with no; none hangs on another (R-K5).
ASK: Words = {
    Scope.CASE_MANAGEMENT: _("May we work on this with you, and keep a record of it?"),
    Scope.SERVICE_REFERRAL: _(
        "May we tell a service that can help you, such as a clinic, a school or a shelter?"
    ),
    Scope.SHARE_WITH_LAW_ENFORCEMENT: _(
        "May we tell the police what we know, so that they can stop the person who did this?"
    ),
    Scope.USE_IN_PROSECUTION: _("May the prosecutor and the court use it, if it comes to a case?"),
    Scope.MEDICAL_EXAMINATION: _(
        "May a doctor or nurse examine you, with somebody you trust there?"
    ),
    Scope.FORENSIC_INTERVIEW: _(
        "The investigators may record a talk with you, so that you tell it once. May we note that "
        "they did, and where it is kept? We do not get the recording."
    ),
    Scope.AGGREGATE_STATISTICS: _(
        "May we count you when we say how many people we help? Nobody can tell that it is you."
    ),
    Scope.RESEARCH: _("May researchers we have checked learn from it, without your name?"),
    Scope.STORY_OR_MEDIA: _(
        "May your story be told to others, under another name? You read it before, and you can "
        "take it back."
    ),
    Scope.SURVIVOR_LEADERSHIP_CONTACT: _(
        "May we ask you, some time from now, whether you want to advise us with others who lived "
        "through the like?"
    ),
    Scope.POST_CLOSURE_CONTACT: _("May we call you after we have finished, to ask how you are?"),
    Scope.CROSS_BORDER_TRANSFER: _(
        "May it go to people in another country who help or investigate there?"
    ),
}
