"""The picklists of HTCDS 2.0: code to official label.

Source: UNMigration/HTCDS 2.0 (IOM, CC BY 4.0, see NOTICE.md). Codes are kept letter for letter, the
misspelt `Unaquainted` included, because other tools exchange them. The labels are what people find
in the official sheets and type back; they are matched on reading, never shown as words of our own.
"""

from __future__ import annotations

ORGANISATION_TYPES: dict[str, str] = {
    "NGO": "NGO",
    "LawEnforcement": "Law Enforcement",
    "HealthServiceOrganisation": "Health Service Organisation",
    "CentralGovernmentOrganisation": "Central Government Organisation",
    "LocalGovernmentOrganisation": "Local Government Organisation",
    "ImmigrationService": "Immigration Service",
    "LegalService": "Legal Service",
    "CorporateBusiness": "Corporate Business",
    "SchoolOrCollege": "School or College",
}

GENDERS: dict[str, str] = {
    "Feminine": "Feminine",
    "Masculine": "Masculine",
    "TransgenderFeminine": "Transgender Feminine",
    "TransgenderMasculine": "Transgender Masculine",
    "NonConforming": "Non-Conforming",
    "NonSpecifiedUnknown": "Not Specified/Unknown",
}

MARITAL_STATUSES: dict[str, str] = {
    "Single": "Single",
    "Married": "Married",
    "Widowed": "Widowed",
    "Divorced": "Divorced",
    "Separated": "Separated",
    "RegisteredPartnership": "Registered Partnership",
}

EDUCATION_LEVELS: dict[str, str] = {
    "EarlyChildhoodEducation": "Early Childhood Education",
    "PrimaryEducation": "Primary Education",
    "LowerSecondaryEducation": "Lower Secondary Education",
    "UpperSecondaryEducation": "Upper Secondary Education",
    "PostSecondaryNonTertiaryEducation": "Post-secondary Non-tertiary Education",
    "ShortCycleTertiaryEducation": "Short-cycle Tertiary Education",
    "BachelorsOrEquivalentLevel": "Bachelor’s or Equivalent Level",
    "MastersOrEquivalentLevel": "Master’s or Equivalent Level",
    "DoctoralOrEquivalentLevel": "Doctoral or Equivalent Level",
}

TRAFFICKING_STATUSES: dict[str, str] = {
    "PossibleVictimOfTrafficking": "Possible victim of trafficking",
    "ActualVictimOfTrafficking": "Actual victim of trafficking",
    "NotAVictimOfTrafficking": "Not a victim of trafficking",
}

DECISION_MAKERS: dict[str, str] = {
    "Police": "Police",
    "NGO": "NGO",
    "CourtOrProsecution": "Court or prosecution",
    "NonPoliceGovernmentalOrganization": "Non-police governmental organization",
    "Other": "Other",
}

RELATIONSHIPS: dict[str, str] = {
    "Familial": "Familial",
    "Acquainted": "Acquainted",
    "Unaquainted": "Unaquainted",
}

PLATFORMS: dict[str, str] = {
    "Facebook": "Facebook",
    "Instagram": "Instagram",
    "WhatsApp": "WhatsApp",
    "Telegram": "Telegram",
    "FacebookMessenger": "Facebook Messenger",
    "Viber": "Viber",
    "SnapChat": "SnapChat",
    "Line": "Line",
    "4Sale": "4Sale",
    "WeChat": "WeChat",
    "QQ": "QQ",
    "QZone": "QZone",
    "TikTok": "TikTok",
    "Twitter": "Twitter",
    "Other": "Other",
}

RECRUITMENT_METHODS: dict[str, str] = {
    "AtAPlaceOfBusiness": "At a place of business",
    "AtAnEducationalInstitution": "At an educational institution",
    "AtWork": "At work",
    "ThroughOnlineSocialNetworks": "Through online social networks",
    "ThroughAnOnlineAdvertisement": "Through an online advertisement",
    "ThroughATelevisionAdvert": "Through a television advert",
    "ThroughANewspaperAdvert": "Through a newspaper advert",
    "ThroughFamilyOrFamilyEvents": "Through family or family events",
    "ThroughFriendsOrSocialEvents": "Through friends or social events",
    "Other": "Other",
}

CONTROL_METHODS: dict[str, str] = {
    "PhysicalThreats": "Physical threats",
    "ThreatsLawEnforcement": "Threats of law enforcement",
    "ThreatensChildrenFamily": "Threatens children/family",
    "DebtBondage": "Debt bondage",
    "FalsePromises": "False promises",
    "PhysicalAbuse": "Physical abuse",
    "SexualAbuse": "Sexual abuse",
    "TakesEarnings": "Takes earnings",
    "RestrictsFinancialAccess": "Restricts financial access",
    "RestrictsMedicalCare": "Restricts medical care",
    "WithholdsNecessities": "Withholds necessities",
    "PsychologicalAbuse": "Psychological abuse",
    "PsychoactiveSubstance": "Psychoactive substance",
    "ExcessiveWorkingHours": "Excessive working hours",
    "WithholdsDocuments": "Withholds documents",
    "Other": "Other",
    # Defined in the standard's text and used by CTDC, yet missing from its picklist.
    "x_RestrictsMovement": "Restricts movement",
}

EXPLOITATION_TYPES: dict[str, str] = {
    "ForcedLabour": "Forced labour",
    "SexualExploitation": "Sexual exploitation",
    "ChildLabour": "Child labour",
    "ForcedMarriage": "Forced marriage",
    "Servitude": "Servitude",
    "ForcedMilitaryByNonStateActors": "Forced military (by non-state actors)",
    "OrganRemoval": "Organ removal",
    "ForcedBegging": "Forced begging",
    "ForcedAdoption": "Forced adoption",
    "Surrogacy": "Surrogacy",
    "Other": "Other",
}

INDUSTRIES: dict[str, str] = {
    "A_AgricultureForestryAndFishing": "Agriculture, forestry and fishing",
    "B_MiningAndQuarrying": "Mining and quarrying",
    "C_Manufacturing": "Manufacturing",
    "D_ElectricityGasSteamAndAirConditioningSupply": (
        "Electricity, gas, steam and air conditioning supply"
    ),
    "E_WaterSupplySewerageWasteManagement": (
        "Water supply; sewerage, waste management and remediation"
    ),
    "F_Construction": "Construction",
    "G_WholesaleAndRetailTradeRepairOfMotorVehicles": (
        "Wholesale and retail trade; repair of motor vehicles and motorcycles"
    ),
    "H_TransportationAndStorage": "Transportation and storage",
    "I_AccommodationAndFoodServiceActivities": "Accommodation and food service activities",
    "J_InformationAndCommunication": "Information and communication",
    "K_FinancialAndInsuranceActivities": "Financial and insurance activities",
    "L_RealEstateActivities": "Real estate activities",
    "M_ProfessionalScientificAndTechnicalActivities": (
        "Professional, scientific and technical activities"
    ),
    "N_AdministrativeAndSupportServiceActivities": "Administrative and support service activities",
    "O_PublicAdministrationAndDefence": (
        "Public administration and defence; compulsory social security"
    ),
    "P_Education": "Education",
    "Q_HumanHealthAndSocialWorkActivities": "Human health and social work activities",
    "R_ArtsEntertainmentAndRecreation": "Arts, entertainment and recreation",
    "S_OtherServiceActivities": "Other service activities",
    "T_ActivitiesOfHouseholdsAsEmployers": (
        "Activities of households as employers; undifferentiated goods- and services- "
        "producing activities of households for own use"
    ),
    "U_ActivitiesOfExtraterritorialOrganizations": (
        "Activities of extraterritorial organizations and bodies"
    ),
}

SEX_EXPLOITATION_TYPES: dict[str, str] = {
    "Prostitution": "Prostitution",
    "Pornography": "Pornography",
    "RemoteInteractiveServices": "Remote Interactive Services",
    "PrivateSexualServices": "Private Sexual Services",
}

VULNERABILITIES: dict[str, str] = {
    "Addiction": "Addiction",
    "SocialGroup": "Social Group",
    "Discrimination": "Discrimination",
    "Poverty": "Poverty",
    "DisabilityAndPhysicalHealth": "Disability and physical health",
    "MentalHealth": "Mental health",
    "Migration": "Migration",
    "Homelessness": "Homelessness",
    "AbuseSocialMedia": "Abuse - social media",
    "AbusePhysical": "Abuse - physical",
    "Education": "Education",
    "WorkEnvironment": "Work environment",
}

PROCESS_ROLES: dict[str, str] = {
    "TravellingPartner": "Travelling Partner",
    "Transporter": "Transporter",
    "RecruiterOrIntermediary": "Recruiter Or Intermediary",
    "BrokerTravelAgent": "Broker Travel Agent",
    "TransferredIndividual": "Transferred Individual",
    "HarbouredIndividual": "Harboured Individual",
    "SoldIndividual": "Sold Individual",
    "BoughtIndividual": "Bought Individual",
    "ReceivedIndividual": "Received Individual",
    "ControlledIndividual": "Controlled Individual",
    "Smuggler": "Smuggler",
    "Abuser": "Abuser",
    "Kidnapper": "Kidnapper",
    "Exploiter": "Exploiter",
    "Other": "Other",
}

CASE_STATUSES: dict[str, str] = {
    "Active": "Active",
    "FollowUp": "Follow Up",
    "Closed": "Closed",
    "ClosedReferred": "Closed Referred",
}

REFERRAL_REASONS: dict[str, str] = {
    "AdditionalServicesRequired": "Additional Services Required",
    "MigrationOrChangeOfLocation": "Migration or Change of Location",
    "Other": "Other",
}

EVENT_TYPES: dict[str, str] = {
    "Recruitment": "Recruitment",
    "Transit": "Transit",
    "Exploitation": "Exploitation",
}

SUPPORT_TYPES: dict[str, str] = {
    "Education": "Education",
    "Financial": "Financial",
    "Health": "Health",
    "LabourExploitationRehabilitation": "Labour Exploitation Rehabilitation",
    "Legal": "Legal",
    "Livelihood": "Livelihood",
    "RightsBasedTraining": "Rights-based Training",
    "SexualExploitationRehabilitation": "Sexual Exploitation Rehabilitation",
    "SocialCare": "Social Care",
}

# Spellings that the standard's own files, CTDC and common sense use beside the codes.
SPELLINGS: dict[str, str] = {
    # `Field Definitions.md` and CTDC name five methods of control differently from the picklist.
    "Threats": "PhysicalThreats",
    "ThreatOfLawEnforcement": "ThreatsLawEnforcement",
    "UsesChildren": "ThreatensChildrenFamily",
    "PsychoactiveSubstances": "PsychoactiveSubstance",
    "RestrictsMovement": "x_RestrictsMovement",
    "Unacquainted": "Unaquainted",
    "X": "Twitter",
    "Messenger": "FacebookMessenger",
    "NotSpecified": "NonSpecifiedUnknown",
    "NotSpecifiedUnknown": "NonSpecifiedUnknown",
    "Non-binary": "NonConforming",
    "Registered Partner": "RegisteredPartnership",
}
