package vctest

import "testing"

// Rich makes a badge of about 3.1 KB like a school's: with results and their
// descriptions, skills, evidence, an address and a hashed recipient.
func Rich(t testing.TB, d *Draft) {
	host := "https://" + d.i.host
	With("description", "Awarded to bakers who bake ten loaves of three kinds without help.")(t, d)
	issuer, subject := d.badge["issuer"].(Object), d.badge["credentialSubject"].(Object)
	issuer["url"], issuer["email"], issuer["phone"] = host, "office@issuer.example", "+44 20 7946 0000"
	issuer["description"] = "A school for bakers and confectioners in the old town."
	issuer["address"] = Object{"type": []any{"Address"}, "streetAddress": "Mill Lane 4", "addressLocality": "Exeter",
		"postalCode": "EX1 1AA", "addressCountry": "GB"}
	subject["identifier"] = []any{Object{"type": "IdentityObject", "hashed": true, "salt": "FleurDeSel", "identityType": "emailAddress",
		"identityHash": "sha256$658625b25ab3d75d613ca97d9a5a77f70e2192feca5557f4ad09a4d4f121f5fc"}}
	subject["narrative"] = "Baked for the summer market and explained the sourdough to visitors."
	subject["creditsEarned"] = 3
	subject["result"] = []any{
		Object{"type": []any{"Result"}, "resultDescription": host + "/achievements/baker#score", "value": "87"},
		Object{"type": []any{"Result"}, "resultDescription": host + "/achievements/baker#status", "status": "Completed"},
	}
	achievement := subject["achievement"].(Object)
	achievement["achievementType"], achievement["fieldOfStudy"], achievement["humanCode"] = "Certificate", "Baking", "B-101"
	achievement["tag"] = []any{"bread", "sourdough"}
	achievement["image"] = Object{"id": host + "/achievements/baker.png", "type": "Image", "caption": "A loaf of bread"}
	achievement["alignment"] = []any{
		Object{"type": []any{"Alignment"}, "targetName": "Prepare bread products", "targetUrl": "https://skills.example/bread", "targetCode": "S1.2"},
		Object{"type": []any{"Alignment"}, "targetName": "Work hygienically", "targetUrl": "https://skills.example/hygiene", "targetCode": "S1.7"},
	}
	achievement["resultDescription"] = []any{
		Object{"id": host + "/achievements/baker#score", "type": []any{"ResultDescription"}, "name": "Score", "resultType": "Percent",
			"valueMin": "0", "valueMax": "100", "requiredValue": "60"},
		Object{"id": host + "/achievements/baker#status", "type": []any{"ResultDescription"}, "name": "Status", "resultType": "Status"},
	}
	d.badge["evidence"] = []any{Object{"id": host + "/evidence/1", "type": []any{"Evidence"}, "name": "Market day",
		"narrative": "Pictures of the stand and of what was sold.", "genre": "Photograph"}}
}
