package sample

import (
	"encoding/json"

	"backpack/vc"
)

// photographs is the name of the badge with an endorsement.
const photographs = "historic-photographs"

// awards returns the badges of Open Badges 3.0.
func awards(endorsement json.RawMessage) []*award {
	return []*award{photographsAward(endorsement), interviewAward(), firstAidAward(), workshopAward(), gardenAward(), planetariumAward()}
}

func photographsAward(endorsement json.RawMessage) *award {
	id := base + "/achievements/" + photographs
	return &award{
		name: photographs, form: "png", title: "Handling Historic Photographs", state: vc.Sample,
		picture:     medal("Two photographic prints on a grey shield", shieldOutline, slate, photograph(slate)...),
		description: "Handles, describes and rehouses photographic prints and glass plates from 1850 to 1950 so that they outlast the next hundred years.",
		criteria: "- Tell the six common print processes apart by eye and loupe\n- Rehouse twenty prints in acid-free sleeves without damage\n- " +
			"Describe ten photographs so that a stranger can find them\n- Pass the written test with at least 70 percent",
		narrative: "Rehoused a box of **126 street photographs** and found the dates of all but four.",
		kind:      "Course", from: "2025-10-06T09:00:00Z", awarded: "2025-10-03T15:30:00Z", until: "2035-10-06T09:00:00Z", status: otherIndex,
		skills: []object{
			skill("care-1", "Handling fragile material", "Moves, supports and stores fragile objects without harm."),
			skill("care-4", "Identifying photographic processes", "Recognises how a photograph was made and what harms it."),
			skill("desc-2", "Describing images", "Writes descriptions by which an image can be found."),
		},
		achievement: object{
			"fieldOfStudy": "Preservation", "humanCode": "PH-2", "inLanguage": "en", "tag": []string{"photography", "preservation", "archive"},
			"resultDescription": []object{
				{"id": id + "#test", "type": []string{"ResultDescription"}, "name": "Written test", "resultType": "Percent",
					"valueMin": "0", "valueMax": "100", "requiredValue": "70"},
				{"id": id + "#practice", "type": []string{"ResultDescription"}, "name": "Practical work", "resultType": "RubricCriterionLevel",
					"requiredLevel": id + "#good", "rubricCriterionLevel": []object{
						{"id": id + "#good", "type": []string{"RubricCriterionLevel"}, "name": "Careful", "description": "Every print arrived unharmed.", "level": "1"},
						{"id": id + "#excellent", "type": []string{"RubricCriterionLevel"}, "name": "Exemplary", "description": "Others can learn from the work.",
							"level": "2"}}},
			},
		},
		subject: object{"activityStartDate": "2025-09-01T08:00:00Z", "activityEndDate": "2025-10-03T15:30:00Z", "result": []object{
			{"type": []string{"Result"}, "resultDescription": id + "#test", "status": "Completed", "value": "87"},
			{"type": []string{"Result"}, "resultDescription": id + "#practice", "status": "Completed", "achievedLevel": id + "#excellent"}}},
		credential: object{
			"evidence": []object{
				{"type": []string{"Evidence"}, "name": "The box before and after", "genre": "Photo report", "description": "Twelve pictures of the rehousing.",
					"narrative": "Each print was dusted, numbered in soft pencil and put into a sleeve of its own."},
				{"type": []string{"Evidence"}, "name": "Descriptions of ten photographs", "genre": "Text", "audience": "Visitors of the reading room"}},
			"endorsement": []json.RawMessage{endorsement}},
	}
}

func interviewAward() *award {
	return &award{
		name: "oral-history-interviewer", form: "jwt", title: "Oral History Interviewer", state: vc.Sample,
		picture:     medal("A microphone on a red disc", roundOutline, berry, microphone(berry)...),
		description: "Prepares, records and hands over interviews with people who remember how the city used to be.",
		criteria:    "Three recorded interviews of at least forty minutes, each with a signed consent, a summary and a list of names and places.",
		kind:        "MicroCredential", from: "2025-06-20T10:00:00Z",
		skills: []object{
			skill("talk-1", "Interviewing", "Asks open questions and leaves room for the answer."),
			skill("law-2", "Consent and privacy", "Explains what happens with a recording and gets consent for it."),
		},
		achievement: object{"tag": []string{"oral history", "recording"}, "creditsAvailable": 2},
		subject:     object{"creditsEarned": 2, "role": "Interviewer"},
	}
}

func firstAidAward() *award {
	return &award{
		name: "first-aid-at-events", form: "json", title: "First Aid at Public Events", state: vc.Expired,
		picture:     medal("A heart with a cross on a red rosette", waveOutline, red, firstAid(red)...),
		description: "Gives first aid at exhibitions, concerts and city festivals until professionals arrive. To be renewed every two years.",
		criteria:    "Eight hours of practice, among them resuscitation, the recovery position and the use of a defibrillator.",
		kind:        "Certification", from: "2022-03-14T08:00:00Z", until: "2024-03-14T08:00:00Z", status: expiredIndex,
		skills: []object{skill("help-1", "First aid", "Keeps people alive and calm until help arrives.")},
	}
}

func workshopAward() *award {
	return &award{
		name: "workshop-key-holder", form: "svg", title: "Workshop Key Holder", state: vc.Revoked,
		picture:     medal("A key on a golden shield", shieldOutline, bronze, key(bronze)...),
		description: "May open the museum workshop alone, use its machines and lock up at night.",
		criteria:    "The safety briefing of the year, and ten supervised hours at the machines.",
		kind:        "License", from: "2025-02-01T08:00:00Z", status: revokedIndex,
		skills: []object{skill("safe-1", "Workshop safety", "Uses machines without danger to anybody.")},
	}
}

func gardenAward() *award {
	return &award{
		name: "community-garden", form: "json", title: "Community Garden Helper", altered: "Community Garden Manager", state: vc.Invalid,
		picture:     medal("A sprout with two leaves on a green lozenge", diamondOutline, green, sprout(green)...),
		description: "Sows, waters and harvests in the museum garden together with the neighbourhood.",
		criteria:    "Twenty hours in the garden over one season.",
		kind:        "CommunityService", from: "2025-09-30T16:00:00Z",
		skills: []object{skill("grow-1", "Gardening", "Grows vegetables and herbs without poison.")},
	}
}

func planetariumAward() *award {
	return &award{
		name: "planetarium-evening-host", form: "json", title: "Planetarium Evening Host", state: vc.Undetermined,
		picture:     medal("A moon with stars on a night blue hexagon", hexOutline, night, moon(night)...),
		description: "Welcomes the guests of an evening under the dome and explains the sky of the season.",
		criteria:    "Two evenings beside an experienced host, one alone.",
		kind:        "Badge", from: "2025-11-08T20:00:00Z",
		skills: []object{skill("talk-3", "Presenting to an audience", "Speaks freely to a hundred people in the dark.")},
		issuer: profile(didOffline, "Sample issuer that cannot be reached (not a real organisation)"),
	}
}
